#include "core/genesys/notificationsource.h"

#include "core/auth/urlpolicy.h"
#include "core/base/clock.h"
#include "core/genesys/lanesummary.h"
#include "core/genesys/notificationevents.h"
#include "core/genesys/notificationlane.h"
#include "core/genesys/schemacache.h"
#include "core/genesys/serviceaccess.h"
#include "core/stream/streamevents.h"

#include <QTimer>

namespace framescope {

namespace {

constexpr qint64 trustedOffsetNs = 5'000'000'000; ///< the Date field is about a second exact: less is no offset
constexpr std::chrono::milliseconds longestTimer{24LL * 24 * 3600 * 1000};

QString tokenPlace(const NotificationConfig& config)
{
    return urlWithoutQuery(config.hosts.tokenUrl());
}

} // namespace

class GenesysSource final : public NotificationSource, private LaneHost
{
public:
    explicit GenesysSource(NotificationConfig config);
    ~GenesysSource() override;

    void start(FrameIntake* intake) override;
    void stop() override;
    void reconnectNow() override;
    void suspend(std::chrono::milliseconds coolDown) override;

private:
    void laneDelivers(const RawFrame& frame) override { m_intake->receive(frame); }
    void laneRecords(AuditEvent event) override { m_intake->record(std::move(event)); }
    void laneTouched() override { touch(); }
    void laneChanged() override { publishSourceState(); }
    void laneSubscribed() override;
    void tokenRevoked(quint64 generation) override;
    [[nodiscard]] quint64 tokenGeneration() const override { return m_tokenGeneration; }
    [[nodiscard]] qint64 clockOffsetNs() const override;
    void laneFailed(const Error& error) override { end(SourcePhase::Failed, error); }
    void laneLost(const Error& error, bool normal) override
    {
        end(normal ? SourcePhase::Stopped : SourcePhase::Failed, normal ? std::nullopt : std::optional(error));
    }
    [[nodiscard]] bool isOver() const override { return m_over; }

    [[nodiscard]] Expected<TopicPlan> plan() const;
    void recordPlan(const TopicPlan& plan);
    void makeParts(const TopicPlan& plan);
    void connectTokens();
    void connectRest();
    void signIn();
    void onAsking();
    void onToken(const AccessToken& token);
    void onSignInFailed(const Error& error);
    void onRenewalFailed(const Error& error);
    void recordWait(int status, std::chrono::milliseconds wait, int tryNumber, const QString& place);
    void renewToken();
    void startLanes();
    void publishCachedSchemas();
    bool publishSchemas(const QByteArray& json, const QString& origin);
    void fetchSchemas();
    void end(SourcePhase phase, const std::optional<Error>& error);
    void record(AuditEvent event) { m_intake->record(std::move(event)); }
    void enter(SourcePhase phase);
    void touch();
    void publishState();
    void publishSourceState();

    NotificationConfig m_config;
    FrameIntake* m_intake = nullptr;
    TokenProvider* m_tokens = nullptr;
    RestClient* m_rest = nullptr;
    std::unique_ptr<ChannelCalls> m_calls;
    std::unique_ptr<ChannelMaker> m_maker;
    std::unique_ptr<TopicLedger> m_ledger;
    SchemaCache m_cache;
    std::vector<NotificationLane*> m_lanes;
    SourceState m_state; ///< of the source itself, before and after the lanes
    Backoff m_backoff;   ///< of signing in, the first time
    Backoff m_renewalBackoff;
    QTimer m_wake;       ///< ends the wait before the next sign-in
    QTimer m_tokenTimer; ///< renews the token, or tells that it has ended
    QTimer m_stateTimer;
    qint64 m_stateSentNs = 0;
    AccessToken m_token; ///< the newest that was told of
    quint64 m_tokenGeneration = 0;
    QByteArray m_schemaVersion;
    QByteArray m_schemaOrigin = "built-in";
    bool m_renewing = false;
    bool m_started = false; ///< the lanes are
    bool m_over = false;
};

std::unique_ptr<NotificationSource> makeNotificationSource(NotificationConfig config)
{
    return std::make_unique<GenesysSource>(std::move(config));
}

GenesysSource::GenesysSource(NotificationConfig config)
    : m_config(std::move(config))
    , m_cache(m_config.schemaCacheFolder, m_config.hosts.api.host())
    , m_backoff(m_config.reconnectLimits)
    , m_renewalBackoff(m_config.reconnectLimits)
{
    m_state.endpoint = urlWithoutQuery(m_config.hosts.api);
    for (QTimer* timer : {&m_wake, &m_tokenTimer, &m_stateTimer})
        timer->setSingleShot(true);
    connect(&m_wake, &QTimer::timeout, this, &GenesysSource::signIn);
    connect(&m_tokenTimer, &QTimer::timeout, this, &GenesysSource::renewToken);
    connect(&m_stateTimer, &QTimer::timeout, this, &GenesysSource::publishState);
}

GenesysSource::~GenesysSource()
{
    m_over = true; // nothing is recorded any more: the intake may be gone
    qDeleteAll(m_lanes);
}

void GenesysSource::start(FrameIntake* intake)
{
    if (m_intake)
        return;
    m_intake = intake;
    const Expected<TopicPlan> topics = plan();
    if (!topics)
        return end(SourcePhase::Failed, topics.error());
    makeParts(*topics);
    recordPlan(*topics);
    if (m_over)
        return;
    publishCachedSchemas();
    signIn();
}

Expected<TopicPlan> GenesysSource::plan() const
{
    if (const Expected<QUrl> api = checkedUrl(m_config.hosts.api, UrlUse::Token); !api)
        return tl::unexpected<Error>(api.error());
    if (!m_config.credentials && !m_config.token)
        return failure(ErrorCode::WrongCredentials,
                       QStringLiteral("Nobody is signed in: give an OAuth client's id and secret, or sign in."));
    return planTopics(m_config.topics, m_config.topicsPerChannel);
}

void GenesysSource::recordPlan(const TopicPlan& plan)
{
    for (const QByteArray& topic : plan.duplicates)
        record(notificationevents::topicDropped(
            topic, QStringLiteral("The list names this topic more than once; it is asked for once.")));
    for (const QByteArray& topic : plan.system)
        record(notificationevents::topicDropped(
            topic, QStringLiteral("Messages about the channel come by themselves; they are not asked for.")));
    for (const PlannedTopic& topic : plan.topics) {
        if (!topic.refusal.isEmpty())
            record(notificationevents::topicRefused(topic));
    }
}

void GenesysSource::makeParts(const TopicPlan& plan)
{
    m_tokens = makeTokenProvider(m_config, this);
    connectTokens(); // before the REST client hears of a token, it is in the log
    m_rest = makeRestClient(m_config, m_tokens, this);
    connectRest();
    m_calls = std::make_unique<ChannelCalls>(m_rest, isLoopbackHost(m_config.hosts.api.host()));
    m_maker = std::make_unique<ChannelMaker>(m_calls.get());
    m_ledger = std::make_unique<TopicLedger>(plan);
    for (quint16 number = 0; number < plan.lanes; ++number)
        m_lanes.push_back(new NotificationLane(number, plan.topicsOf(number),
                                               {this, m_calls.get(), m_maker.get(), m_ledger.get(), &m_config}, this));
}

void GenesysSource::connectTokens()
{
    connect(m_tokens, &TokenProvider::asking, this, &GenesysSource::onAsking);
    connect(m_tokens, &TokenProvider::ready, this, &GenesysSource::onToken);
    connect(m_tokens, &TokenProvider::failed, this, &GenesysSource::onSignInFailed);
    connect(m_tokens, &TokenProvider::renewalFailed, this, &GenesysSource::onRenewalFailed);
    connect(m_tokens, &TokenProvider::rateLimited, this,
            [this](int status, std::chrono::milliseconds wait, int tryNumber) {
                recordWait(status, wait, tryNumber, tokenPlace(m_config));
            });
}

void GenesysSource::connectRest()
{
    connect(m_rest, &RestClient::retrying, this, &GenesysSource::recordWait);
    connect(m_rest, &RestClient::tokenRefused, this, [this](const QString& place) {
        record(auditEvent(AuditAction::TokenCleared, Severity::Warning, place, {{QStringLiteral("status"), 401}}));
    });
}

void GenesysSource::recordWait(int status, std::chrono::milliseconds wait, int tryNumber, const QString& place)
{
    record(auditEvent(AuditAction::RateLimited, Severity::Warning, place,
                      {{QStringLiteral("status"), status},
                       {QStringLiteral("retry_after_ms"), qint64(wait.count())},
                       {QStringLiteral("try"), tryNumber}}));
    touch();
}

void GenesysSource::signIn()
{
    m_state.nextAttemptMonoNs = 0;
    m_tokens->request();
    enter(SourcePhase::SigningIn);
}

void GenesysSource::onAsking()
{
    record(auditEvent(AuditAction::SignInStarted, Severity::Note, tokenPlace(m_config)));
}

void GenesysSource::onToken(const AccessToken& token)
{
    if (m_over)
        return;
    // While a renewal is under way the held token goes on being given: only another one is news.
    if (token.value.reveal() != m_token.value.reveal() || token.expiresWallNs != m_token.expiresWallNs) {
        m_token = token;
        ++m_tokenGeneration;
        const qint64 lifeNs = token.expiresWallNs - now().wallNs;
        const qint64 beforeNs =
            std::min<qint64>(std::chrono::nanoseconds(m_config.timers.renewTokenBefore).count(), lifeNs / 2);
        const qint64 dueNs = m_tokens->canRenew() ? lifeNs - beforeNs : lifeNs;
        m_tokenTimer.start(
            std::clamp(std::chrono::milliseconds(dueNs / nsPerMs), m_config.timers.retryUnit, longestTimer));
        m_renewalBackoff = Backoff(m_config.reconnectLimits);
        m_state.tokenExpiresWallNs = token.expiresWallNs;
        const bool renewed = std::exchange(m_renewing, false);
        for (NotificationLane* lane : m_lanes) {
            lane->rememberSecrets();
            if (renewed)
                lane->noteTokenGeneration(m_tokenGeneration);
        }
        record(auditEvent(renewed ? AuditAction::TokenRenewed : AuditAction::SignedIn, Severity::Note,
                          tokenPlace(m_config),
                          {{QStringLiteral("expires_in"), (lifeNs + 500 * nsPerMs) / (1000 * nsPerMs)}}));
    }
    if (!m_over && !m_started)
        startLanes();
    else
        publishSourceState();
}

void GenesysSource::onSignInFailed(const Error& error)
{
    if (m_over)
        return;
    m_renewing = false;
    record(streamevents::signInFailed(error));
    if (m_over || m_started)
        return; // the lane that needed the token decides
    const AfterFailure after = afterFailedSignIn(error);
    if (after == AfterFailure::Stop || !m_config.reconnect)
        return end(SourcePhase::Failed, error);
    const std::chrono::milliseconds wait =
        m_backoff.next(after == AfterFailure::RetrySlowly ? RetryPace::Slow : RetryPace::Normal);
    m_state.error = error;
    m_state.nextAttemptMonoNs = monotonicNs() + wait.count() * nsPerMs;
    record(auditEvent(AuditAction::ReconnectScheduled, Severity::Note, tokenPlace(m_config),
                      {{QStringLiteral("wait_ms"), qint64(wait.count())}}));
    if (m_over)
        return;
    m_wake.start(wait);
    enter(SourcePhase::Waiting);
}

/// The sockets need no token: they go on, and so do the tries.
void GenesysSource::onRenewalFailed(const Error& error)
{
    if (m_over)
        return;
    m_renewing = false;
    record(streamevents::signInFailed(error));
    if (!m_over)
        m_tokenTimer.start(m_renewalBackoff.next(RetryPace::Slow));
}

void GenesysSource::renewToken()
{
    if (m_over)
        return;
    if (m_tokens->canRenew()) {
        m_renewing = true;
        return m_tokens->renew();
    }
    record(auditEvent(
        AuditAction::TokenExpired, Severity::Warning, tokenPlace(m_config),
        {{QStringLiteral("advice"),
          QStringLiteral("The sign-in has ended. The connections go on as long as the service lets them; nothing new "
                         "can be asked for until a person signs in again.")}}));
}

void GenesysSource::tokenRevoked(quint64 generation)
{
    if (generation != m_tokenGeneration)
        return; // another lane heard it first, there is a fresh one
    m_tokens->clear();
    record(auditEvent(AuditAction::TokenCleared, Severity::Warning, tokenPlace(m_config),
                      {{QStringLiteral("cause"), QStringLiteral("token-revoked")}}));
}

void GenesysSource::startLanes()
{
    m_started = true;
    m_state.error.reset();
    fetchSchemas();
    for (NotificationLane* lane : m_lanes)
        lane->start();
}

void GenesysSource::publishCachedSchemas()
{
    const QByteArray json = m_cache.newest();
    if (json.isEmpty())
        return;
    publishSchemas(json, QStringLiteral("cached"));
}

bool GenesysSource::publishSchemas(const QByteArray& json, const QString& origin)
{
    if (!m_intake->publishTopics(json, origin))
        return false;
    m_schemaVersion = SchemaCache::versionOf(json);
    m_schemaOrigin = origin.toUtf8();
    return true;
}

void GenesysSource::fetchSchemas()
{
    m_calls->availableTopics([this](const tl::expected<QByteArray, RestFailure>& reply) {
        if (m_over)
            return;
        const auto warn = [this](const Error& error) {
            record(auditEvent(
                AuditAction::SchemasLoaded, Severity::Warning, QStringLiteral("live"),
                {{QStringLiteral("error"), errorCodeName(error.code)}, {QStringLiteral("reason"), error.detail}}));
        };
        if (!reply)
            return warn(reply.error().error);
        if (!reply->contains("\"entities\""))
            return warn({ErrorCode::Protocol, QStringLiteral("The list of topics has no \"entities\"."), {}});
        if (!publishSchemas(*reply, QStringLiteral("live")))
            return; // a list that cannot be used must not be kept either
        if (const Expected<void> kept = m_cache.keep(*reply); !kept)
            warn(kept.error());
        touch();
    });
}

void GenesysSource::laneSubscribed()
{
    touch();
    if (!m_ledger->isAllRejected())
        return;
    const QByteArrayList missing = m_ledger->missingPermissions();
    const QString why = missing.isEmpty()
                            ? QStringLiteral("The service said: %1").arg(QString::fromUtf8(m_ledger->firstRejection()))
                            : QStringLiteral("Missing permissions: %1. Give the OAuth client (or the person) a role "
                                             "with them, in the divisions that the topics need.")
                                  .arg(QString::fromUtf8(missing.join(QByteArrayLiteral(", "))));
    end(SourcePhase::Failed, Error{missing.isEmpty() ? ErrorCode::InvalidArgument : ErrorCode::ScopeMissing,
                                   QStringLiteral("All %1 topics were rejected. ").arg(m_ledger->topics().size()) + why,
                                   m_lanes.front()->endpoint()});
}

qint64 GenesysSource::clockOffsetNs() const
{
    const qint64 offset = m_rest->clockOffsetNs().value_or(0);
    return std::abs(offset) < trustedOffsetNs ? 0 : offset;
}

void GenesysSource::stop()
{
    if (m_intake)
        end(SourcePhase::Stopped, {});
}

void GenesysSource::reconnectNow()
{
    if (m_over || !m_intake)
        return;
    if (!m_started) {
        if (!m_wake.isActive())
            return;
        m_wake.stop();
        return signIn();
    }
    for (NotificationLane* lane : m_lanes) {
        if (!m_over)
            lane->reconnectNow();
    }
}

void GenesysSource::suspend(std::chrono::milliseconds coolDown)
{
    if (m_over || !m_intake)
        return;
    const qint64 until = monotonicNs() + coolDown.count() * nsPerMs;
    if (m_started) {
        for (NotificationLane* lane : m_lanes)
            lane->suspend(until);
        return;
    }
    m_tokens->cancel();
    m_wake.start(coolDown);
    m_state.nextAttemptMonoNs = until;
    enter(SourcePhase::Suspended);
}

void GenesysSource::end(SourcePhase phase, const std::optional<Error>& error)
{
    if (std::exchange(m_over, true))
        return;
    for (QTimer* timer : {&m_wake, &m_tokenTimer, &m_stateTimer})
        timer->stop();
    if (m_tokens) {
        m_tokens->cancel();
        m_rest->cancelAll();
    }
    for (NotificationLane* lane : m_lanes)
        lane->stop();
    if (m_started)
        m_state = foldLanes(m_state, m_lanes);
    m_state.error = error;
    m_state.connectedSinceMonoNs = 0;
    m_state.nextAttemptMonoNs = 0;
    m_state.phase = phase;
    publishSourceState();
    if (m_ledger)
        publishState();
    // Later: the owner may part from us in its slot, and we may be inside a message's delivery.
    QMetaObject::invokeMethod(
        this, [this, error] { Q_EMIT finished(error); }, Qt::QueuedConnection);
}

void GenesysSource::enter(SourcePhase phase)
{
    m_state.phase = phase;
    publishSourceState();
}

void GenesysSource::touch()
{
    if (m_over || m_stateTimer.isActive())
        return;
    const std::chrono::nanoseconds since(monotonicNs() - m_stateSentNs);
    const auto left = m_config.timers.stateInterval - std::chrono::duration_cast<std::chrono::milliseconds>(since);
    m_stateTimer.start(std::max(left, std::chrono::milliseconds(0)));
}

void GenesysSource::publishState()
{
    m_stateSentNs = monotonicNs();
    auto state = std::make_shared<NotificationState>();
    state->topics = m_ledger->topics();
    for (const NotificationLane* lane : m_lanes)
        state->lanes.push_back(lane->status());
    state->gaps.assign(m_ledger->gaps().begin(), m_ledger->gaps().end());
    state->gapCount = m_ledger->gapCount();
    state->channelsInUse = m_maker->inUse();
    state->requestsLastMinute = m_rest->requestsLastMinute();
    state->requestLimit = m_rest->requestLimit();
    state->requestsResumeMonoNs = m_rest->resumeMonoNs();
    state->tokenExpiresWallNs = m_state.tokenExpiresWallNs;
    state->clockOffsetNs = m_rest->clockOffsetNs();
    state->schemaVersion = m_schemaVersion;
    state->schemaOrigin = m_schemaOrigin;
    Q_EMIT notificationStateChanged(state);
}

void GenesysSource::publishSourceState()
{
    Q_EMIT stateChanged(m_started && !m_over ? foldLanes(m_state, m_lanes) : m_state);
    touch();
}

} // namespace framescope
