#pragma once
/// A loopback service that speaks the real protocol on one port: `POST /oauth/token` and the WebSocket upgrade of
/// `GET /api/v2/streaming/interactions`, with every fault that a stream can have, seeded and reproducible.
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

#include <QByteArray>
#include <QObject>
#include <QString>
#include <QUrl>
#include <memory>
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
};

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
};

/// What was really sent, to hold against what was received.
struct SimulatorLedger
{
    quint64 messages = 0;
    quint64 bytes = 0;
    quint64 connections = 0;
    quint64 tokensIssued = 0;
    std::vector<SentFault> faults; ///< at most 100,000, then only counted
    quint64 faultCount = 0;        ///< all of them
    bool finished = false;         ///< the scenario has ended
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
    [[nodiscard]] QUrl tokenUrl() const;  ///< http://127.0.0.1:PORT/oauth/token
    [[nodiscard]] QUrl streamUrl() const; ///< ws://127.0.0.1:PORT/api/v2/streaming/interactions
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
    };
    [[nodiscard]] Expected<Endpoint> start();
    void stop();
    [[nodiscard]] SimulatorLedger ledger() const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace framescope
