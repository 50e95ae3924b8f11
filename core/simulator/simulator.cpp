#include "core/simulator/simulator.h"

#include "core/base/clock.h"
#include "core/simulator/handshake.h"
#include "core/simulator/httpconnection.h"
#include "core/simulator/notificationservice.h"
#include "core/simulator/scenariorun.h"
#include "core/simulator/streamconnection.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <cmath>

namespace framescope {

using namespace std::chrono_literals;

namespace {

constexpr qsizetype mostConnections = 256;
constexpr double highestRate = 10'000'000;
constexpr auto mutePatience = 120s; ///< longer than any client waits
constexpr int tokenRetryAfterSeconds = 1;
constexpr std::chrono::milliseconds shortestTime = 10ms;
constexpr std::chrono::milliseconds longestTime = 240h; ///< what a timer of ours can count

Error invalid(const QString& detail)
{
    return Error{ErrorCode::InvalidArgument, detail, {}};
}

std::optional<Error> problemOfNotifications(const SimulatorOptions& options)
{
    if (options.agents < 1 || options.agents > CentreStaff::mostAgents)
        return invalid(QStringLiteral("the number of agents must be between 1 and %1").arg(CentreStaff::mostAgents));
    if (options.queues < 1 || options.queues > CentreStaff::mostQueues)
        return invalid(QStringLiteral("the number of queues must be between 1 and %1").arg(CentreStaff::mostQueues));
    for (const auto time :
         {options.heartbeatInterval, options.channelLifetime, options.closingGrace, options.outageInterval}) {
        if (time < shortestTime || time > longestTime)
            return invalid(QStringLiteral("times must be between %1 ms and %2 ms")
                               .arg(shortestTime.count())
                               .arg(longestTime.count()));
    }
    if (options.requestsPerMinute < 1)
        return invalid(QStringLiteral("at least one request per minute must be allowed"));
    if (!(options.rejectedTopics <= 1))
        return invalid(QStringLiteral("the share of rejected topics must be at most 1"));
    return std::nullopt;
}

std::optional<Error> problemOf(const SimulatorOptions& options)
{
    if (!scenarioByName(options.scenario))
        return invalid(QStringLiteral("no scenario is called '%1'").arg(options.scenario));
    if (std::isnan(options.rate) || options.rate > highestRate)
        return invalid(QStringLiteral("the rate must be at most %1 frames/s").arg(highestRate));
    if (!(options.timeScale >= 0.001 && options.timeScale <= 1e6))
        return invalid(QStringLiteral("the time scale must be between 0.001 and 1,000,000"));
    if (options.tokenLifetimeSeconds < 0 || options.tokenLifetime < 0ms)
        return invalid(QStringLiteral("the lifetime of a token must not be negative"));
    return problemOfNotifications(options);
}

} // namespace

struct Simulator::Private
{
    SimulatorOptions options;
    Secret secret;
    std::shared_ptr<LedgerBook> ledger = std::make_shared<LedgerBook>();
    std::atomic<quint16> port = 0;
    std::vector<QByteArray> topics;
    std::vector<QByteArray> allTopics;

    // While it runs. The order of destruction matters: connections refer to the run and to the notifications, these to
    // the tokens.
    std::unique_ptr<TokenEndpoint> tokens;
    std::unique_ptr<ScenarioRun> run;
    std::unique_ptr<NotificationService> notifications;
    std::unique_ptr<QObject> connections; ///< parent of all of them
    std::unique_ptr<QTcpServer> server;
    quint64 streams = 0;

    void accept();
    void answer(HttpConnection& connection);
    void answerToken(HttpConnection& connection);
    void answerStream(HttpConnection& connection);
    void openStream(HttpConnection& connection);
};

void Simulator::Private::accept()
{
    while (QTcpSocket* socket = server->nextPendingConnection()) {
        if (connections->children().size() >= mostConnections) {
            socket->abort();
            socket->deleteLater();
            continue;
        }
        new HttpConnection(
            socket, [this](HttpConnection& connection) { answer(connection); }, connections.get());
    }
}

void Simulator::Private::answer(HttpConnection& connection)
{
    const QByteArray& path = connection.request().path;
    if (path == "/oauth/token")
        answerToken(connection);
    else if (path == "/api/v2/streaming/interactions")
        answerStream(connection);
    else if (!notifications || !notifications->answer(connection))
        connection.reply(restError(404, "not.found", "There is nothing at this path"));
}

void Simulator::Private::answerToken(HttpConnection& connection)
{
    const HttpReply reply = tokens->answer(connection.request(), monotonicNs());
    if (reply.status == 200)
        ledger->addToken();
    else if (reply.status == 429)
        ledger->addFault(Fault::RateLimitedTwice, 0);
    connection.reply(reply);
}

void Simulator::Private::answerStream(HttpConnection& connection)
{
    using Standing = TokenEndpoint::Standing;
    const auto unauthorized = [&connection](const char* code, const char* message) {
        HttpReply reply = restError(401, code, message);
        reply.headers.emplace_back("WWW-Authenticate", "Bearer");
        connection.reply(reply);
    };
    const Standing standing = tokens->standing(connection.request(), monotonicNs());
    const auto problem = handshake::problemOf(connection.request());
    // Before the token is judged: a service that hangs does not say 401 either.
    if ((standing == Standing::Good || standing == Standing::Revoked) && !problem && run->takeMute()) {
        ledger->addFault(Fault::MuteHandshake, 0);
        connection.hold(mutePatience);
        return;
    }
    switch (standing) {
    case Standing::Missing:
        unauthorized("authentication.required", "No authentication bearer token specified");
        return;
    case Standing::Unknown:
        unauthorized("bad.credentials", "Invalid login credentials");
        return;
    case Standing::Expired:
        unauthorized("credentials.expired", "The supplied credentials are expired");
        return;
    case Standing::Revoked:
        ledger->addFault(Fault::TokenExpired, 0);
        unauthorized("credentials.expired", "The supplied credentials are expired");
        return;
    case Standing::ScopeMissing:
        connection.reply(restError(403, "missing.permissions", "The token lacks the scope: streaming:subscribe"));
        return;
    case Standing::Good:
        break;
    }
    if (problem)
        connection.reply(*problem);
    else
        openStream(connection);
}

void Simulator::Private::openStream(HttpConnection& connection)
{
    const QByteArray acceptance = handshake::acceptance(connection.request());
    const QByteArray early = connection.rest();
    QTcpSocket* socket = connection.takeSocket();
    socket->write(acceptance);
    ledger->addConnection();
    auto* stream = new StreamConnection(socket, *run, ++streams, connections.get());
    stream->start(early);
}

Simulator::Simulator(SimulatorOptions options, QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>())
{
    d->secret = options.clientSecret.isEmpty() ? Secret(randomText(32)) : options.clientSecret;
    d->options = std::move(options);
    const Scenario* scenario = scenarioByName(d->options.scenario);
    if (scenario != nullptr && scenario->notifications) {
        const CentreStaff staff(d->options.seed, d->options.agents, d->options.queues);
        d->topics = staff.demoTopics();
        d->allTopics = staff.allTopics();
    }
}

Simulator::~Simulator()
{
    stop();
}

std::vector<ScenarioInfo> Simulator::scenarios()
{
    std::vector<ScenarioInfo> infos;
    for (const Scenario& scenario : allScenarios()) {
        const double rate = scenario.notifications ? scenario.events : scenario.rate;
        ScenarioInfo info{QLatin1String(scenario.name), QString::fromUtf8(scenario.summary), rate, {}};
        const auto add = [&info](Fault fault) {
            const FaultInfo& known = faultInfo(fault);
            QStringList causes;
            for (const char* cause : {known.finding, known.event}) {
                if (*cause != '\0')
                    causes += QLatin1String(cause);
            }
            info.faults += QLatin1String(known.name) + QLatin1String(" -> ") + causes.join(QLatin1String(", "));
        };
        if (scenario.tokenRefusals > 0)
            add(Fault::RateLimitedTwice);
        for (const Fault fault : scenario.errors)
            add(fault);
        for (const Fault fault : scenario.warnings)
            add(fault);
        for (const Fault fault : scenario.oddities)
            add(fault);
        if (scenario.firstCloseSeconds > 0)
            add(Fault::Close1001);
        for (const Step& step : scenario.script) {
            if (step.fault != Fault::Count_)
                add(step.fault);
        }
        for (int i = 0; scenario.outages && i < int(ChannelFault::Count_); ++i) {
            const ChannelFaultInfo& fault = channelFaultInfo(ChannelFault(i));
            info.faults += QLatin1String(fault.name) + QLatin1String(" -> ") + QLatin1String(fault.event);
        }
        infos.push_back(std::move(info));
    }
    return infos;
}

Expected<quint16> Simulator::start()
{
    if (d->server)
        return d->port.load();
    if (const auto problem = problemOf(d->options))
        return tl::unexpected<Error>(*problem);

    auto server = std::make_unique<QTcpServer>();
    if (!server->listen(QHostAddress::LocalHost, d->options.port))
        return failure(ErrorCode::Network, server->errorString(), QStringLiteral("127.0.0.1:%1").arg(d->options.port));

    const Scenario& scenario = *scenarioByName(d->options.scenario);
    const std::chrono::milliseconds tokenLifetime = d->options.tokenLifetime > 0ms
                                                        ? d->options.tokenLifetime
                                                        : std::chrono::seconds(d->options.tokenLifetimeSeconds);
    d->tokens = std::make_unique<TokenEndpoint>(d->options.clientId, d->secret, tokenLifetime);
    if (scenario.tokenRefusals > 0)
        d->tokens->refuseNext(scenario.tokenRefusals, tokenRetryAfterSeconds);
    d->run = std::make_unique<ScenarioRun>(scenario, d->options, d->ledger, *d->tokens);
    d->run->onFinished = [this] { Q_EMIT scenarioFinished(); };
    d->connections = std::make_unique<QObject>();
    if (scenario.notifications)
        d->notifications = std::make_unique<NotificationService>(
            NotificationService::Parts{d->options, scenario, d->ledger, *d->tokens, d->connections.get()},
            server->serverPort());
    d->server = std::move(server);
    connect(d->server.get(), &QTcpServer::newConnection, this, [this] { d->accept(); });
    d->port = d->server->serverPort();
    return d->port.load();
}

void Simulator::stop()
{
    if (!d->server)
        return;
    d->server->close();
    for (StreamConnection* stream :
         d->connections->findChildren<StreamConnection*>(QString(), Qt::FindDirectChildrenOnly))
        stream->shutDown();
    if (d->notifications)
        d->notifications->shutDown();
    d->connections.reset();
    d->server.reset();
    d->notifications.reset();
    d->run.reset();
    d->tokens.reset();
}

QUrl Simulator::tokenUrl() const
{
    return QUrl(QStringLiteral("http://127.0.0.1:%1/oauth/token").arg(d->port.load()));
}

QUrl Simulator::streamUrl() const
{
    return QUrl(QStringLiteral("ws://127.0.0.1:%1/api/v2/streaming/interactions").arg(d->port.load()));
}

QUrl Simulator::gatewayUrl() const
{
    return QUrl(QStringLiteral("http://127.0.0.1:%1").arg(d->port.load()));
}

std::vector<QByteArray> Simulator::topics() const
{
    return d->topics;
}

std::vector<QByteArray> Simulator::allTopics() const
{
    return d->allTopics;
}

void Simulator::inject(ChannelFault fault)
{
    const auto happen = [this, fault] {
        if (d->notifications)
            d->notifications->inject(fault);
    };
    QMetaObject::invokeMethod(this, happen, Qt::QueuedConnection);
}

QByteArray Simulator::clientId() const
{
    return d->options.clientId;
}

Secret Simulator::clientSecret() const
{
    return d->secret;
}

SimulatorLedger Simulator::ledger() const
{
    return d->ledger->read();
}

} // namespace framescope
