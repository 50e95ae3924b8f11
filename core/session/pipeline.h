#pragma once
/// The pipeline: source -> gate -> decode -> record -> route, on one worker thread. This file and its .cpp are the one
/// place where order and fan-out stand.
///
/// Order of a frame: its size is judged (gate, breaker), the decoder appends it to the batch that is being filled, and
/// the batch is flushed when the event loop comes round (one wake-up a batch) or when it is full. A flushed batch first
/// goes to the session file's writer, which numbers it for the audit log and may wait when the disk is behind (then TCP
/// waits too); then metrics, window feed, outlets. Events flush the open batch first, so that the log has one order.
///
/// Thread: made by Session, moved to the worker QThread, used there only. It ends with ended(), after the session file
/// is closed.
#include "core/decode/decoder.h"
#include "core/frame/framesource.h"
#include "core/metrics/metrics.h"
#include "core/routing/router.h"
#include "core/session/session.h"

#include <QTimer>

namespace framescope {

class Outlet;

class Pipeline final : public QObject, public FrameIntake
{
    Q_OBJECT

public:
    /// What the pipeline is built from. The writer is shared with Session, which asks for its status from its own
    /// thread.
    struct Parts
    {
        SessionConfig config;
        PayloadMatrix matrix;
        std::shared_ptr<SessionWriter> writer;
        std::vector<FrameSink*> sinks; ///< feed and further listeners
    };
    explicit Pipeline(Parts parts);
    ~Pipeline() override;

    [[nodiscard]] Router& router() { return m_router; }

    void start();
    void stop();
    void reconnectNow();

    void receive(const RawFrame& frame) override;
    void record(AuditEvent event) override;
    [[nodiscard]] bool publishTopics(const QByteArray& availableTopicsJson, const QString& origin) override;

Q_SIGNALS:
    void sourceStateChanged(const framescope::SourceState& state);
    void notificationStateChanged(const framescope::NotificationStatePtr& state);
    void metricsUpdated(const framescope::MetricsSnapshotPtr& metrics);
    void breakerChanged(const framescope::BreakerStatus& status);
    void storageFailed(const framescope::Error& error);
    void ended(const framescope::SessionSummary& summary);

private:
    void recordStart();
    void makeSource();
    bool useTopics(const Expected<TopicSchemas>& topics, const QString& origin);
    void flush();
    void tick();
    void onBreaker(BreakerState state);
    void onSourceFinished(const std::optional<Error>& error);
    void onStorageError(const Error& error);
    void finish();
    std::shared_ptr<FrameBatch> newBatch() const;

    Parts m_parts;
    Decoder m_decoder;
    CircuitBreaker m_breaker;
    Metrics m_metrics;
    Router m_router;
    std::unique_ptr<Outlet> m_outlet;
    std::unique_ptr<FrameSource> m_source;
    std::shared_ptr<FrameBatch> m_batch;
    SourceState m_sourceState;
    QTimer m_ticker;
    QTimer m_stopDeadline;
    quint64 m_lastNumber = 0;
    quint64 m_beyondLimit = 0; ///< messages that came after frameLimit, while the stream was being closed
    qint64 m_startedMonoNs = 0;
    bool m_flushQueued = false;
    bool m_stopping = false;
    bool m_ended = false;
    bool m_closed = false; ///< the session file is closed: later events have no place in it
    std::optional<Error> m_error;
};

} // namespace framescope
