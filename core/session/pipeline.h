#pragma once
/// The pipeline: (source -> gate, see receiver.h) -> decode -> record -> route. This file and its .cpp are the one
/// place where order and fan-out stand.
///
/// Batches and events come from the receiver in one order. A batch is judged in place, then goes to the session file's
/// writer, which numbers it for the audit log and may wait when the disk is behind (then the receiver waits, and TCP);
/// then to metrics, window feed, outlets.
///
/// Thread: made by Session, moved to the worker QThread, used there only. It ends with ended(), after the session file
/// is closed.
#include "core/decode/decoder.h"
#include "core/frame/framesource.h"
#include "core/metrics/metrics.h"
#include "core/routing/router.h"
#include "core/session/session.h"
#include "core/session/signingkeys.h"
#include "core/session/streamqueue.h"

#include <QTimer>

namespace framescope {

class Outlet;

class Pipeline final : public QObject
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
        std::shared_ptr<StreamQueue> queue; ///< what the receiver hands over
        std::vector<FrameSink*> sinks;      ///< feed and further listeners
        QJsonObject previousSession;        ///< what the start entry cites, for the session before this one
    };
    explicit Pipeline(Parts parts);
    ~Pipeline() override;

    [[nodiscard]] Router& router() { return m_router; }

    void start();
    /// The key that signs the audit log from here on, or why there is none. The first answer counts; the session's end
    /// waits a moment for it, then takes the key of the file.
    void useSigningKey(const Expected<HeldKey>& held);
    /// An event of the window's or the user's own, in order with what was judged so far: givenRecorded() follows,
    /// unless the session file is closed already.
    void recordGiven(const AuditEvent& event);

Q_SIGNALS:
    void started();    ///< the stream may be opened
    void stopWanted(); ///< the session cannot go on: the stream is to be closed, and its end comes by the queue
    void givenRecorded();
    void metricsUpdated(const framescope::MetricsSnapshotPtr& metrics);
    void storageFailed(const framescope::Error& error);
    void ended(const framescope::SessionSummary& summary);

private:
    void recordStart();
    void record(AuditEvent event);
    void drain();
    void take(const std::shared_ptr<FrameBatch>& batch);
    void take(AuditEvent& event) { record(std::move(event)); }
    void take(const TopicSchemas& topics) { m_decoder.useTopics(topics); }
    void take(const StreamEnd& end);
    void tick();
    void passLeftOut(const AuditEvent& event);
    void onStorageError(const Error& error);
    void finish();
    void close();

    Parts m_parts;
    Decoder m_decoder;
    Metrics m_metrics;
    Router m_router;
    std::unique_ptr<Outlet> m_outlet;
    std::vector<StreamItem> m_items;
    QTimer m_ticker;
    quint64 m_beyondLimit = 0;
    qint64 m_startedMonoNs = 0;
    qint64 m_endedMonoNs = 0;
    bool m_ended = false; ///< nothing more comes from the stream
    bool m_isKeyKnown = false;
    bool m_closed = false; ///< the session file is closed: later events have no place in it
    std::optional<Error> m_error;
};

} // namespace framescope
