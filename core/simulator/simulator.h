#pragma once
/// A loopback service that speaks the real protocols on one port, with every fault that a stream can have, seeded and
/// reproducible. Always: `POST /oauth/token` and the WebSocket upgrade of `GET /api/v2/streaming/interactions`. With a
/// contact-centre scenario also Genesys Cloud's notifications: sign-in with PKCE (`/oauth/authorize`), channels and
/// subscriptions under `/api/v2/notifications`, users and queues, and the socket `GET /channels/{id}`.
///
/// It shares no checksum, chain or decode code with core: one shared bug would hide itself.
///
/// Reproducible: the same seed gives each connection (by its number) the same payload bytes, but for the `timestamp`
/// members (the wall clock). Tokens and a generated secret are random: they are secrets.
///
/// Thread: the one that made it; give it a thread of its own for speed (SimulatorThread). ledger() may be called by
/// any. Memory: bounded; it sends as fast as the client reads and no faster than the rate.
#include "core/base/error.h"
#include "core/base/secret.h"
#include "core/simulator/faultplace.h"

#include <QByteArray>
#include <QObject>
#include <QString>
#include <QUrl>
#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace framescope {

struct SimulatorOptions
{
    quint16 port = 0; ///< 0: any free one, on 127.0.0.1
    QString scenario = QStringLiteral("demo");
    quint64 seed = 1;
    double rate = -1;   ///< frames/s; 0: as fast as the client reads; negative: the scenario's own
    quint64 frames = 0; ///< ends the stream with close 1000 after so many; 0: the scenario's own end
    QByteArray clientId = "framescope-demo";
    Secret clientSecret;               ///< empty: one is made
    double timeScale = 1;              ///< waits of scripted faults are divided by it, for tests
    int tokenLifetimeSeconds = 86'400; ///< expires_in of every token

    // Of the contact-centre scenarios. `rate` is events/s of all topics and channels together; `frames` does not apply.
    std::chrono::milliseconds tokenLifetime{0};            ///< 0: tokenLifetimeSeconds; expires_in is rounded down
    std::chrono::milliseconds heartbeatInterval{30'000};   ///< of each socket
    std::chrono::milliseconds channelLifetime{86'400'000}; ///< of a channel, from its last subscription
    std::chrono::milliseconds closingGrace{60'000};        ///< from socket_closing to the close; scaled
    std::chrono::milliseconds outageInterval{10'000};      ///< between the faults of contact-centre-outages; scaled
    int agents = 16;                                       ///< 1 to 500
    int queues = 6;                                        ///< 1 to 200
    int requestsPerMinute = 300;                           ///< of one token; more are answered 429
    double rejectedTopics = -1; ///< share of topics (0 to 1) that lack a permission; negative: three of topics()
    bool oddities = true;       ///< unknown fields, new enum values and wrong types now and then; each in the ledger
};

/// What can happen to the notifications; inject() makes it happen at once. "The socket" is the one that is open for the
/// longest time; without an open one, what is done to sockets does not happen and is in no ledger.
enum class ChannelFault : quint8
{
    SocketClosing,      ///< all sockets: v2.system.socket_closing, and close 1001 after the grace
    EvictChannel,       ///< the socket's channel is gone: no_longer_subscribed, then heartbeats only
    SocketReplaced,     ///< the socket is told that another took its channel, and closed; the channel lives on
    TokenRevoked,       ///< all tokens so far are refused, their channels gone, all sockets told and closed
    ChannelExpired,     ///< the socket's channel is gone: {"result":"404"}, then close 1001
    SilentSocket,       ///< the socket says nothing any more, no pong either
    TcpReset,           ///< the socket, without a close frame
    Close1001,          ///< all sockets
    RestUnavailable503, ///< the next two REST requests; the socket's channel is gone, so that its client has to ask
    RateLimited429,     ///< the next two REST requests, Retry-After 1 s; the socket's channel is gone as well
    Upgrade401,         ///< the socket is closed with 1001 and its channel gone, so that the next upgrade is refused
    Result404,          ///< the socket's channel is gone: {"result":"404"}, then heartbeats only
    Count_
};
/// "socket-closing", as the ledger has it.
[[nodiscard]] QByteArray channelFaultName(ChannelFault fault);

struct ScenarioInfo
{
    QString name;
    QString summary; ///< one line
    double rate = 0;
    QStringList faults; ///< "schema-violation -> SCHEMA-TYPE"
};

/// One fault as it was sent, with what it must cause.
struct SentFault
{
    QByteArray fault;           ///< "checksum-mismatch"
    QByteArray expectedFinding; ///< a finding's name, or empty
    QByteArray expectedEvent;   ///< an audit action's name, or empty
    quint64 frame = 0;          ///< ordinal of the message among all that were sent, from 1; 0 when it is no message
    std::optional<FaultPlace> place; ///< of expectedFinding; nothing: it is about the stream, and no message is wrong
};

/// What was really sent, to hold against what was received.
struct SimulatorLedger
{
    quint64 messages = 0;
    quint64 bytes = 0;
    quint64 connections = 0;
    quint64 tokensIssued = 0;
    std::vector<SentFault> faults; ///< the first 5,000, then only counted
    quint64 faultCount = 0;        ///< all of them
    bool finished = false;         ///< the scenario has ended

    // Of the notifications. Their messages are in `messages` and `bytes`, their sockets in `connections` as well.
    quint64 channels = 0;   ///< created
    quint64 events = 0;     ///< messages of subscribed topics, as often as they were sent
    quint64 heartbeats = 0; ///< pongs not among them
    quint64 restRequests = 0;
    quint64 slowReaders = 0; ///< sockets that were cut with 1008, since their client did not read
};

class Simulator : public QObject
{
    Q_OBJECT

public:
    explicit Simulator(SimulatorOptions options, QObject* parent = nullptr);
    ~Simulator() override;

    [[nodiscard]] static std::vector<ScenarioInfo> scenarios();

    /// Listens. Errors: Network (the port is taken), InvalidArgument (no such scenario).
    [[nodiscard]] Expected<quint16> start();
    void stop();
    [[nodiscard]] QUrl tokenUrl() const;   ///< http://127.0.0.1:PORT/oauth/token
    [[nodiscard]] QUrl streamUrl() const;  ///< ws://127.0.0.1:PORT/api/v2/streaming/interactions
    [[nodiscard]] QUrl gatewayUrl() const; ///< http://127.0.0.1:PORT, for the notifications
    /// A good choice of concrete topics for a demo, about 40. Empty with a scenario that has no notifications.
    [[nodiscard]] std::vector<QByteArray> topics() const;
    /// Every topic of every agent and queue that needs no user: 7 * agents + 5 * queues (50 agents and 30 queues: 500).
    [[nodiscard]] std::vector<QByteArray> allTopics() const;
    /// Thread: any; it happens a moment later. Nothing with a scenario that has no notifications.
    void inject(ChannelFault fault);
    [[nodiscard]] QByteArray clientId() const;
    [[nodiscard]] Secret clientSecret() const;
    [[nodiscard]] SimulatorLedger ledger() const;

Q_SIGNALS:
    void scenarioFinished();

private:
    struct Private;
    std::unique_ptr<Private> d;
};

/// The simulator on a thread of its own, for the demo and for tests. Thread: the maker's; start() waits for the port.
class SimulatorThread
{
public:
    explicit SimulatorThread(SimulatorOptions options);
    ~SimulatorThread();
    SimulatorThread(const SimulatorThread&) = delete;
    SimulatorThread& operator=(const SimulatorThread&) = delete;

    struct Endpoint
    {
        QUrl tokenUrl;
        QUrl streamUrl;
        QByteArray clientId;
        Secret clientSecret;
        QUrl gatewayUrl;
        std::vector<QByteArray> topics;    ///< Simulator::topics()
        std::vector<QByteArray> allTopics; ///< Simulator::allTopics()
    };
    [[nodiscard]] Expected<Endpoint> start();
    void stop();
    void inject(ChannelFault fault); ///< Simulator::inject()
    [[nodiscard]] SimulatorLedger ledger() const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace framescope
