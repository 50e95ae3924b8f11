#pragma once
/// One lane: a channel, its topics and its socket, kept alive through whatever happens to them.
///
///   Creating -> Opening -> Subscribing -> Live -> (loss) -> Waiting -> Opening ...      Suspended: the breaker's hand
///
/// A lost socket comes back on the same channel, whose subscriptions the service keeps; a lost channel is replaced by a
/// new one with the same topics. A successor is made while the present socket still works: for the same channel when
/// the service announces that it will close (Transfer), with a new channel before the end of its life (Renewal).
/// README.md has the table of faults. Thread: the stream's. Owner: the source.
#include "core/genesys/channelmaker.h"
#include "core/genesys/channelsocket.h"
#include "core/genesys/topicledger.h"
#include "core/stream/backoff.h"

namespace framescope {

/// What a lane asks of its source.
class LaneHost
{
public:
    LaneHost() = default;
    LaneHost(const LaneHost&) = delete;
    LaneHost& operator=(const LaneHost&) = delete;
    virtual ~LaneHost() = default;

    virtual void laneDelivers(const RawFrame& frame) = 0;
    virtual void laneRecords(AuditEvent event) = 0;
    virtual void laneTouched() = 0; ///< counters moved
    virtual void laneChanged() = 0; ///< phase, health, error
    virtual void laneSubscribed() = 0;
    /// The service revoked the token of @p generation.
    virtual void tokenRevoked(quint64 generation) = 0;
    [[nodiscard]] virtual quint64 tokenGeneration() const = 0;
    [[nodiscard]] virtual qint64 clockOffsetNs() const = 0;
    /// Nothing can mend it: the source ends.
    virtual void laneFailed(const Error& error) = 0;
    /// A loss while reconnecting is off. @p normal: closed with 1000 or 1001.
    virtual void laneLost(const Error& error, bool normal) = 0;
    [[nodiscard]] virtual bool isOver() const = 0;
};

struct LaneParts
{
    LaneHost* host;
    ChannelCalls* calls;
    ChannelMaker* maker;
    TopicLedger* ledger;
    const NotificationConfig* config;
};

class NotificationLane : public QObject, private ChannelSocketOwner
{
    Q_OBJECT

public:
    NotificationLane(quint16 number, std::vector<QByteArray> topics, LaneParts parts, QObject* parent);
    ~NotificationLane() override;

    void start();
    /// Leaves its sockets; an open gap ends here.
    void stop();
    void suspend(qint64 untilMonoNs);
    void reconnectNow();
    void noteTokenGeneration(quint64 generation) { m_tokenGeneration = generation; }
    /// Those of its channels, to the redactor again: it forgets the oldest of many, and a channel may outlive tokens.
    void rememberSecrets() const;

    [[nodiscard]] LaneStatus status() const;
    [[nodiscard]] const QString& endpoint() const { return m_endpoint; }
    [[nodiscard]] int closeCode() const { return m_closeCode; }

private:
    enum class Step
    {
        Idle,
        Creating,
        Opening,
        Subscribing,
        Live,
        Waiting,
        Suspended,
        Over
    };
    enum class Succession
    {
        None,
        Transfer,
        Renewal
    };

    void socketOpened(ChannelSocket* socket) override;
    void socketReceived(ChannelSocket* socket, RawFrame frame) override;
    void socketTold(ChannelSocket* socket, const ScannedNotification& told, const Instant& arrival) override;
    void socketRecords(ChannelSocket* socket, AuditEvent event) override;
    void socketHealthChanged(ChannelSocket* socket) override;
    void socketEnded(ChannelSocket* socket, const SocketEnd& end) override;

    // notificationlane.cpp: the steps
    void begin();
    void createChannel();
    void onCreated(const tl::expected<MadeChannel, RestFailure>& reply);
    void openSocket();
    void subscribe();
    void onSubscribed(const tl::expected<std::vector<TopicAnswer>, RestFailure>& reply);
    void applyAnswers(const QString& endpoint, const std::vector<TopicAnswer>& answers);
    void goLive();
    void stepFailed(const RestFailure& failure);
    void waitAndRetry(const Error& error, RetryPace pace, std::chrono::milliseconds atLeast = {});
    void enter(Step step, SourcePhase phase);
    [[nodiscard]] ChannelSocket* makeSocket(const Channel& channel);
    void record(AuditEvent event, quint16 attempt);
    [[nodiscard]] bool isOver() const { return m_step == Step::Over || m_parts.host->isOver(); }

    // lanelosses.cpp: what ends a connection or a channel
    void actOn(const ScannedNotification& told);
    void socketLost(const SocketEnd& end, bool wasLive);
    [[nodiscard]] bool isHandover(const SocketEnd& end) const;
    void channelLost(const QByteArray& cause, const Error& error);
    void channelTakenAway(AuditAction action, const QByteArray& cause, const QByteArray& reason);
    void leaveAll(const QByteArray& cause);
    void noteLoss(const ChannelSocket& socket, const QByteArray& cause);
    void closeGap(GapsEnd end);

    // lanesuccession.cpp: a successor while the present socket works
    void scheduleRenewal();
    void beginTransfer();
    void beginRenewal();
    void openSuccessor(const Channel& channel);
    void successorOpened();
    void successorFailed();
    void takeOver();
    void retire(ChannelSocket* old, std::chrono::milliseconds after);
    void abandonSuccession();

    LaneParts m_parts;
    std::vector<QByteArray> m_topics;
    LaneStatus m_status;
    QString m_endpoint;
    Step m_step = Step::Idle;
    Backoff m_backoff;
    QTimer m_wake; ///< ends Waiting and Suspended
    quint64 m_call = 0;
    quint64 m_order = 0; ///< of a channel
    int m_closeCode = 0;
    int m_socketFailures = 0; ///< attempts on this channel in a row that did not open
    int m_refusals = 0;       ///< channels in a row whose socket was refused
    quint64 m_tokenGeneration = 0;

    std::optional<Channel> m_channel;
    qint64 m_channelLifeNs = 0;
    bool m_subscribed = false;     ///< the present channel has our topics
    bool m_everSubscribed = false; ///< some channel had
    bool m_everLive = false;
    ChannelSocket* m_socket = nullptr;

    Succession m_succession = Succession::None;
    std::optional<Channel> m_nextChannel; ///< of a renewal
    ChannelSocket* m_next = nullptr;
    quint64 m_successionCall = 0;
    quint64 m_nextOrder = 0;  ///< of the channel of a renewal
    QTimer m_successionTimer; ///< begins a renewal or a transfer
    Backoff m_successionBackoff;
    ChannelSocket* m_retiring = nullptr;
    QTimer m_retireTimer;

    qint64 m_gapFromWallNs = 0; ///< 0: no gap is open
    qint64 m_gapSinceMonoNs = 0;
    QByteArray m_gapCause;
    bool m_handedOver = false; ///< the service replaced our socket by our own successor: it serves that one since
};

} // namespace framescope
