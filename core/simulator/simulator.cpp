#include "core/simulator/simulator.h"

#include "core/base/clock.h"
#include "core/simulator/httpconnection.h"
#include "core/simulator/scenariorun.h"
#include "core/simulator/streamconnection.h"
#include "core/simulator/websocketwriter.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <cmath>

namespace framescope {

using namespace std::chrono_literals;

namespace {

constexpr qsizetype mostConnections = 256;
constexpr double highestRate = 10'000'000;
constexpr auto mutePatience = 120s; ///< longer than any client waits
constexpr int retryAfterSeconds = 1;

std::optional<Error> problemOf(const SimulatorOptions& options)
{
    const auto invalid = [](const QString& detail) { return Error{ErrorCode::InvalidArgument, detail, {}}; };
    if (!scenarioByName(options.scenario))
        return invalid(QStringLiteral("no scenario is called '%1'").arg(options.scenario));
    if (std::isnan(options.rate) || options.rate > highestRate)
        return invalid(QStringLiteral("the rate must be at most %1 frames/s").arg(highestRate));
    if (!(options.timeScale >= 0.001 && options.timeScale <= 1e6))
        return invalid(QStringLiteral("the time scale must be between 0.001 and 1,000,000"));
    if (options.tokenLifetimeSeconds < 0)
        return invalid(QStringLiteral("the lifetime of a token must not be negative"));
    return std::nullopt;
}

/// What is wrong with a request to upgrade (RFC 6455 section 4.2.1), or nothing.
std::optional<HttpReply> problemOfUpgrade(const HttpRequest& request)
{
    if (request.method != "GET")
        return restError(405, "method.not.allowed", "Use GET");
    if (!request.headerHasToken("upgrade", "websocket") || !request.headerHasToken("connection", "upgrade") ||
        request.header("sec-websocket-version") != "13") {
        HttpReply reply = restError(426, "upgrade.required", "This is a WebSocket of version 13");
        reply.headers.emplace_back("Sec-WebSocket-Version", "13");
        return reply;
    }
    if (QByteArray::fromBase64(request.header("sec-websocket-key")).size() != 16)
        return restError(400, "bad.request", "Sec-WebSocket-Key must be 16 bytes in base64");
    return std::nullopt;
}

} // namespace

struct Simulator::Private
{
    SimulatorOptions options;
    Secret secret;
    std::shared_ptr<LedgerBook> ledger = std::make_shared<LedgerBook>();
    std::atomic<quint16> port = 0;

    // While it runs. The order of destruction matters: connections refer to the run, the run to the tokens.
    std::unique_ptr<TokenEndpoint> tokens;
    std::unique_ptr<ScenarioRun> run;
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
    else
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
    const auto problem = problemOfUpgrade(connection.request());
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
    const QByteArray accept = websocketwriter::acceptKey(connection.request().header("sec-websocket-key"));
    const QByteArray early = connection.rest();
    QTcpSocket* socket = connection.takeSocket();
    socket->write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
        accept + "\r\n\r\n");
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
}

Simulator::~Simulator()
{
    stop();
}

std::vector<ScenarioInfo> Simulator::scenarios()
{
    std::vector<ScenarioInfo> infos;
    for (const Scenario& scenario : allScenarios()) {
        ScenarioInfo info{QLatin1String(scenario.name), QString::fromUtf8(scenario.summary), scenario.rate, {}};
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
        if (scenario.firstCloseSeconds > 0)
            add(Fault::Close1001);
        for (const Step& step : scenario.script) {
            if (step.fault != Fault::Count_)
                add(step.fault);
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
    d->tokens = std::make_unique<TokenEndpoint>(d->options.clientId, d->secret, d->options.tokenLifetimeSeconds);
    if (scenario.tokenRefusals > 0)
        d->tokens->refuseNext(scenario.tokenRefusals, retryAfterSeconds);
    d->run = std::make_unique<ScenarioRun>(scenario, d->options, d->ledger, *d->tokens);
    d->run->onFinished = [this] { Q_EMIT scenarioFinished(); };
    d->connections = std::make_unique<QObject>();
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
    d->connections.reset();
    d->server.reset();
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
    return {};
}

std::vector<QByteArray> Simulator::allTopics() const
{
    return {};
}

void Simulator::inject(ChannelFault) {}

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
