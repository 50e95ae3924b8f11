#include "core/genesys/notificationtrial.h"

#include "core/auth/urlpolicy.h"
#include "core/genesys/channelcalls.h"
#include "core/genesys/serviceaccess.h"
#include "core/genesys/topicledger.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTimer>

namespace framescope {

namespace {

constexpr std::chrono::milliseconds trialPatience{30'000};

class Trial final : public QObject
{
public:
    Trial(NotificationConfig config, QObject* parent, std::function<void(Expected<QString>)> reply)
        : QObject(parent)
        , m_config(std::move(config))
        , m_reply(std::move(reply))
    {
        m_deadline.setSingleShot(true);
        connect(&m_deadline, &QTimer::timeout, this, [this] {
            if (!m_reply)
                return deleteLater(); // the topics could not be taken off again: the channel ends by itself
            answer(failure(ErrorCode::Timeout, QStringLiteral("There was no answer within 30 s. Check the network.")));
        });
        m_deadline.start(trialPatience);
        QMetaObject::invokeMethod(
            this, [this] { begin(); }, Qt::QueuedConnection);
    }

private:
    void begin();
    void listTopics();
    void countChannels();
    void createChannel();
    void explainNoChannel();
    void subscribe(quint16 lane);
    void conclude();
    void answer(Expected<QString> outcome);
    void fail(const RestFailure& failed) { answer(tl::unexpected<Error>(failed.error)); }

    NotificationConfig m_config;
    std::function<void(Expected<QString>)> m_reply;
    QTimer m_deadline;
    RestClient* m_rest = nullptr;
    std::unique_ptr<ChannelCalls> m_calls;
    TopicPlan m_plan;
    std::unique_ptr<TopicLedger> m_ledger;
    Channel m_channel;
    qsizetype m_onOffer = 0;
    int m_inUse = 0;
    bool m_subscribed = false; ///< the channel may have topics
};

void Trial::begin()
{
    if (!m_config.credentials && !m_config.token)
        return answer(
            failure(ErrorCode::WrongCredentials,
                    QStringLiteral("Nobody is signed in: give an OAuth client's id and secret, or sign in.")));
    if (!m_config.topics.empty()) {
        const Expected<TopicPlan> plan = planTopics(m_config.topics, m_config.topicsPerChannel);
        if (!plan)
            return answer(tl::unexpected<Error>(plan.error()));
        m_plan = *plan;
        m_ledger = std::make_unique<TopicLedger>(m_plan);
    }
    m_rest = makeRestClient(m_config, makeTokenProvider(m_config, this), this);
    m_calls = std::make_unique<ChannelCalls>(m_rest, isLoopbackHost(m_config.hosts.api.host()));
    listTopics();
}

void Trial::listTopics()
{
    m_calls->availableTopics([this](const tl::expected<QByteArray, RestFailure>& reply) {
        if (!reply)
            return fail(reply.error());
        m_onOffer = QJsonDocument::fromJson(*reply).object().value(QLatin1String("entities")).toArray().size();
        countChannels();
    });
}

void Trial::countChannels()
{
    m_calls->count([this](const tl::expected<int, RestFailure>& reply) {
        if (!reply)
            return fail(reply.error());
        m_inUse = *reply;
        if (m_inUse >= ServiceLimit::channelsPerUserAndApp)
            explainNoChannel();
        else
            createChannel();
    });
}

/// A try must not end somebody's work: with one channel more the service would drop one that is in use.
void Trial::explainNoChannel()
{
    answer(QStringLiteral("Signed in; %1 kinds of topics on offer. The topics were not tried: %2 of %3 channels are in "
                          "use, and for one more the service drops another. End programs that use this OAuth client, "
                          "or use a second one.")
               .arg(m_onOffer)
               .arg(m_inUse)
               .arg(ServiceLimit::channelsPerUserAndApp));
}

void Trial::createChannel()
{
    m_calls->create([this](const tl::expected<Channel, RestFailure>& reply) {
        if (!reply)
            return fail(reply.error());
        m_channel = *reply;
        if (m_ledger)
            subscribe(0);
        else
            conclude();
    });
}

/// The topics of each lane in turn on the one channel: a try must not use up channels.
void Trial::subscribe(quint16 lane)
{
    m_subscribed = true;
    m_calls->subscribe(m_channel, m_plan.topicsOf(lane), SubscribeMode::Replace, [this, lane](const auto& reply) {
        if (!reply)
            return fail(reply.error());
        (void)m_ledger->applyAnswer(lane, *reply, 1);
        if (lane + 1 < m_plan.lanes)
            subscribe(quint16(lane + 1));
        else
            conclude();
    });
}

void Trial::conclude()
{
    QString text = QStringLiteral("Signed in; %1 kinds of topics on offer, %2 of %3 channels in use.")
                       .arg(m_onOffer)
                       .arg(m_inUse + 1)
                       .arg(ServiceLimit::channelsPerUserAndApp);
    if (!m_ledger)
        return answer(text + QStringLiteral(" No topic is chosen yet."));
    const std::vector<TopicStatus>& topics = m_ledger->topics();
    const auto permitted = std::count_if(topics.begin(), topics.end(),
                                         [](const TopicStatus& topic) { return topic.state == TopicState::Permitted; });
    const qint64 rejected = qint64(topics.size()) - permitted;
    text += QStringLiteral(" %1 permitted, %2 rejected.").arg(permitted).arg(rejected);
    const QByteArrayList missing = m_ledger->missingPermissions();
    if (!missing.isEmpty())
        text +=
            QStringLiteral(" Missing permissions: %1.").arg(QString::fromUtf8(missing.join(QByteArrayLiteral(", "))));
    else if (rejected > 0)
        text += QStringLiteral(" First reason: %1").arg(QString::fromUtf8(m_ledger->firstRejection()));
    if (permitted == 0)
        return answer(failure(missing.isEmpty() ? ErrorCode::InvalidArgument : ErrorCode::ScopeMissing, text));
    answer(text);
}

void Trial::answer(Expected<QString> outcome)
{
    const auto reply = std::exchange(m_reply, nullptr);
    if (!reply)
        return;
    if (m_rest)
        m_rest->cancelAll();
    // Not deleted here: this may be one of the client's own calls.
    if (m_subscribed)
        m_calls->unsubscribe(m_channel, [this] { deleteLater(); });
    else
        deleteLater();
    reply(std::move(outcome));
}

} // namespace

void tryNotifications(NotificationConfig config, QObject* parent, std::function<void(Expected<QString>)> reply)
{
    new Trial(std::move(config), parent, std::move(reply));
}

} // namespace framescope
