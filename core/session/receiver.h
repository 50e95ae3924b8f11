#pragma once
/// The socket's side of a session: takes whole messages from the source, judges their size (gate, breaker), numbers
/// them and hands them on in batches. Everything else about a message is the pipeline's work, on a thread of its own,
/// so that reading the socket and judging go on side by side.
///
/// A batch is handed on when the event loop comes round (one wake-up a batch), when it is full, and before each event,
/// so that frames and events keep one order. When the pipeline is behind, the hand-off waits, and TCP with it.
/// Thread: made by Session, moved to the stream thread, used there only.
#include "core/frame/framesource.h"
#include "core/gate/circuitbreaker.h"
#include "core/genesys/notificationstate.h"
#include "core/replay/replaystate.h"
#include "core/session/session.h"
#include "core/session/streamqueue.h"

#include <QTimer>

namespace framescope {

class ReplaySource;

class Receiver final : public QObject, public FrameIntake
{
    Q_OBJECT

public:
    Receiver(SessionConfig config, std::shared_ptr<StreamQueue> queue);
    ~Receiver() override;

    void start();
    /// The end of the stream follows in the queue, within a little more than a second.
    void stop();
    void reconnectNow();
    /// Of a replay; nothing where there is none.
    void setReplaySpeed(double speed);
    void setReplayPaused(bool paused);
    void stepReplay();

    void receive(const RawFrame& frame) override;
    void record(AuditEvent event) override;
    [[nodiscard]] bool publishTopics(const QByteArray& availableTopicsJson, const QString& origin) override;

Q_SIGNALS:
    void sourceStateChanged(const framescope::SourceState& state);
    void notificationStateChanged(const framescope::NotificationStatePtr& state);
    void breakerChanged(const framescope::BreakerStatus& status);
    void replayStateChanged(const framescope::ReplayState& state);

private:
    void makeSource();
    std::unique_ptr<FrameSource> makeReplay();
    bool useTopics(const Expected<TopicSchemas>& topics, const QString& origin);
    quint64 take(const RawFrame& frame);
    void push(StreamItem item);
    void flush();
    void flushSoon();
    void onBreaker(BreakerState state);
    void end(const std::optional<Error>& error);
    [[nodiscard]] std::size_t heldBytes() const { return m_batch->payload.size() + m_binary.size(); }
    std::shared_ptr<FrameBatch> newBatch() const;

    SessionConfig m_config;
    std::shared_ptr<StreamQueue> m_queue;
    CircuitBreaker m_breaker;
    std::unique_ptr<FrameSource> m_source;
    ReplaySource* m_replay = nullptr; ///< m_source, where it is one
    std::shared_ptr<FrameBatch> m_batch;
    std::vector<char> m_binary; ///< payloads of its binary messages
    SourceState m_sourceState;
    QTimer m_ticker;
    QTimer m_stopDeadline;
    QTimer m_flushDeadline;
    quint64 m_lastNumber = 0;
    quint64 m_beyondLimit = 0;
    bool m_flushQueued = false;
    bool m_stopping = false;
    bool m_ended = false;
};

} // namespace framescope
