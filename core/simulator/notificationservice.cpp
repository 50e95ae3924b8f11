#include "core/simulator/notificationservice.h"

#include "core/base/clock.h"
#include "core/simulator/authorizepage.h"
#include "core/simulator/handshake.h"
#include "core/simulator/httpconnection.h"
#include "core/simulator/notificationsocket.h"
#include "core/simulator/websocketwriter.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpSocket>
#include <algorithm>
#include <cmath>
#include <numbers>

namespace framescope {

namespace {

constexpr int eventTickMs = 10; ///< events go out in groups, so often
constexpr double mostSecondsOwed = 1;
constexpr double stepsAnEvent = 4;       ///< at most, so that a pace that few topics cannot reach does not spin
constexpr double mostStepsATick = 5'000; ///< sockets are served in between
constexpr int stepsATickUnpaced = 500;
constexpr qint64 unreadBytesUnpaced = 1024 * 1024;
constexpr double eventsAStep = 1.7; ///< of the demo topics, about
constexpr double waveShare = 0.4;   ///< a day swells and ebbs
constexpr double eventWaveSeconds = 90;
const QByteArray channelPath = "/channels/";

qint64 wallMsNow()
{
    return now().wallNs / 1'000'000;
}

QByteArray socketBase(quint16 port)
{
    return "ws://127.0.0.1:" + QByteArray::number(port) + channelPath;
}

} // namespace

NotificationService::NotificationService(const Parts& parts, quint16 port)
    : m_options(parts.options)
    , m_ledger(parts.ledger)
    , m_tokens(parts.tokens)
    , m_connections(parts.connections)
    , m_eventsPerSecond(parts.scenario.events)
    , m_world({m_options.seed, m_options.agents, m_options.queues,
               m_options.oddities && !parts.scenario.oddities.empty(), wallMsNow()})
    , m_topics(m_world.staff().restrictedTopics(), m_options.rejectedTopics)
    , m_channels(m_options.channelLifetime.count())
    , m_rest({m_channels, m_topics, m_world.staff(), m_tokens}, socketBase(port), m_options.requestsPerMinute)
{
    m_channels.onEvicted = [this](Channel& channel) { onEvicted(channel); };
    m_tick.setTimerType(Qt::PreciseTimer);
    connect(&m_tick, &QTimer::timeout, this, &NotificationService::tick);
    m_sinceTick.start();
    m_sinceStart.start();
    m_tick.start(eventTickMs);
    connect(&m_nextOutage, &QTimer::timeout, this, &NotificationService::playNextOutage);
    if (parts.scenario.outages)
        m_nextOutage.start(int(scaledMs(m_options.outageInterval)));
}

NotificationService::~NotificationService() = default;

// --- requests ---

bool NotificationService::answer(HttpConnection& connection)
{
    const HttpRequest& request = connection.request();
    if (request.path == "/oauth/authorize") {
        connection.reply(authorizepage::answer(request, m_tokens.clientId(), m_tokens.codes(), monotonicNs()));
        return true;
    }
    if (request.path.startsWith(channelPath)) {
        openSocket(connection);
        return true;
    }
    if (!request.path.startsWith("/api/v2/"))
        return false;
    m_ledger->addRestRequest();
    const quint64 before = m_channels.created();
    const HttpReply reply = m_rest.answer(request, {wallMsNow(), monotonicNs()});
    if (m_channels.created() > before)
        m_ledger->addChannel();
    connection.reply(reply);
    return true;
}

void NotificationService::openSocket(HttpConnection& connection)
{
    if (const auto problem = handshake::problemOf(connection.request())) {
        connection.reply(*problem);
        return;
    }
    Channel* channel = m_channels.find(connection.request().path.sliced(channelPath.size()));
    if (channel == nullptr || monotonicNs() >= channel->expiresMonoNs) {
        connection.reply(restError(401, "bad.credentials", "The channel does not exist or has expired"));
        return;
    }
    const QByteArray acceptance = handshake::acceptance(connection.request());
    const QByteArray early = connection.rest();
    QTcpSocket* tcp = connection.takeSocket();
    tcp->write(acceptance);
    m_ledger->addConnection();
    NotificationSocket::Handlers handlers;
    handlers.text = [this](NotificationSocket& socket, const QByteArray& text) { readText(socket, text); };
    handlers.heartbeat = [this](NotificationSocket& socket) {
        say(socket, systemmessage::heartbeat());
        m_ledger->addHeartbeat();
    };
    handlers.tooSlow = [this](NotificationSocket&) {
        m_ledger->addFault(Fault::SlowReader, m_messages);
        m_ledger->addSlowReader();
    };
    handlers.ended = [this](NotificationSocket& socket) { forget(socket); };
    auto* socket = new NotificationSocket(tcp, channel->id, std::move(handlers), m_connections);
    take(*channel, *socket);
    socket->start(early, m_options.heartbeatInterval.count());
}

/// One socket a channel: the newer one wins.
void NotificationService::take(Channel& channel, NotificationSocket& socket)
{
    if (NotificationSocket* former = std::exchange(channel.socket, &socket)) {
        if (!former->isLeaving())
            say(*former, systemmessage::duplicateId(subjectOf(*former)));
        if (!former->isSilent()) // that one says nothing, whatever happens
            former->close(goingAway, "Another socket has taken this channel");
    }
    m_sockets.push_back(&socket);
    m_channels.touch(channel);
}

void NotificationService::forget(NotificationSocket& socket)
{
    std::erase(m_sockets, &socket);
    Channel* channel = m_channels.find(socket.channelId());
    if (channel != nullptr && channel->socket == &socket)
        channel->socket = nullptr;
}

/// Whatever is not understood is let pass, as the service does: clients say odd things to keep a socket busy.
void NotificationService::readText(NotificationSocket& socket, const QByteArray& text)
{
    const QJsonObject message = QJsonDocument::fromJson(text).object();
    const QString what = message.value(QStringLiteral("message")).toString();
    if (what == QLatin1String("ping"))
        say(socket, systemmessage::pong());
    const bool subscribes = what == QLatin1String("subscribe");
    if (!subscribes && what != QLatin1String("unsubscribe"))
        return;
    QByteArrayList topics;
    const QJsonArray named = message.value(QStringLiteral("topics")).toArray();
    for (const auto& topic : named) {
        if (std::size_t(topics.size()) <= ChannelRegistry::topicsOfChannel)
            topics.append(topic.toString().toUtf8());
    }
    subscribe(socket, topics, !subscribes);
}

void NotificationService::subscribe(NotificationSocket& socket, const QByteArrayList& topics, bool remove)
{
    Channel* channel = m_channels.find(socket.channelId());
    if (channel == nullptr) {
        say(socket, systemmessage::gone());
        return;
    }
    if (remove) {
        auto kept = channel->topics;
        std::erase_if(kept, [&topics](const ChannelTopic& topic) { return topics.contains(topic.id); });
        m_channels.replaceTopics(*channel, std::move(kept), wallMsNow(), monotonicNs());
        say(socket, systemmessage::result("200", "unsubscribed"));
        return;
    }
    TopicBook::Verdict refused;
    auto judged = m_rest.judged(topics, channel->hasUser, false, &refused);
    if (!judged || topics.isEmpty() ||
        channel->topics.size() + std::size_t(topics.size()) > ChannelRegistry::topicsOfChannel) {
        say(socket, systemmessage::result("400", "failure"));
        return;
    }
    m_channels.addTopics(*channel, std::move(*judged), wallMsNow(), monotonicNs());
    say(socket, systemmessage::result("200", "subscribed"));
}

void NotificationService::say(NotificationSocket& socket, const QByteArray& text)
{
    if (!socket.send(std::string_view(text.constData(), std::size_t(text.size()))))
        return;
    ++m_messages;
    m_ledger->addMessages(1, quint64(text.size()));
}

// --- events ---

bool NotificationService::hears(std::string_view topic)
{
    m_lowerTopic.resize(topic.size());
    std::transform(topic.begin(), topic.end(), m_lowerTopic.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? char(c + ('a' - 'A')) : c; });
    m_listening = m_channels.listeners(m_lowerTopic);
    return m_listening != nullptr && std::any_of(m_listening->begin(), m_listening->end(), [](const Channel* channel) {
               return channel->socket != nullptr && channel->socket->isOpen();
           });
}

void NotificationService::deliver(std::string_view message, const Oddity& oddity)
{
    m_frame.clear();
    websocketwriter::appendFrame(m_frame, websocketwriter::FrameOpcode::Text, message);
    for (Channel* channel : *m_listening) {
        if (channel->socket == nullptr || !channel->socket->append(m_frame))
            continue;
        ++m_messages;
        ++m_eventsToBook;
        m_bytesToBook += message.size();
        m_owed -= m_options.rate > 0 ? 1 : 0;
        if (oddity.fault != Fault::Count_)
            m_ledger->addFault(oddity.fault, m_messages, oddity.place);
    }
}

void NotificationService::tick()
{
    const double seconds = double(m_sinceTick.nsecsElapsed()) / 1e9;
    m_sinceTick.start();
    const qint64 wallMs = wallMsNow();
    expireChannels();
    tellAtPace(seconds, wallMs);
    m_world.publish(wallMs, *this);
    flush();
}

void NotificationService::tellAtPace(double seconds, qint64 wallMs)
{
    if (m_options.rate == 0) {
        for (int i = 0; i < stepsATickUnpaced && !m_sockets.empty() && allRead(); ++i)
            m_world.step(wallMs, *this);
        return;
    }
    const bool byEvents = m_options.rate > 0;
    const double perSecond = byEvents ? m_options.rate : stepsPerSecond();
    m_owed = std::min(m_owed + perSecond * seconds, std::max(1.0, perSecond * mostSecondsOwed));
    const double wanted = byEvents ? perSecond * seconds * stepsAnEvent + 1 : m_owed;
    const int most = int(std::min(wanted, mostStepsATick));
    for (int i = 0; i < most && m_owed >= 1; ++i) {
        if (!byEvents)
            m_owed -= 1;
        m_world.step(wallMs, *this);
    }
}

/// The pace of the scenario's own day.
double NotificationService::stepsPerSecond() const
{
    const double elapsed = double(m_sinceStart.nsecsElapsed()) / 1e9;
    const double wave = 1 + waveShare * std::sin(2 * std::numbers::pi * elapsed / eventWaveSeconds);
    return m_eventsPerSecond / eventsAStep * wave;
}

bool NotificationService::allRead() const
{
    return std::all_of(m_sockets.begin(), m_sockets.end(), [](const NotificationSocket* socket) {
        return !socket->isOpen() || socket->pendingBytes() < unreadBytesUnpaced;
    });
}

void NotificationService::flush()
{
    const std::vector<NotificationSocket*> sockets = m_sockets; // one may end meanwhile
    for (NotificationSocket* socket : sockets)
        socket->flush();
    if (m_eventsToBook == 0)
        return;
    m_ledger->addMessages(m_eventsToBook, m_bytesToBook);
    m_ledger->addEvents(m_eventsToBook);
    m_eventsToBook = 0;
    m_bytesToBook = 0;
}

} // namespace framescope
