#include "core/stream/directsource.h"

#include "core/auth/tokenprovider.h"
#include "core/auth/urlpolicy.h"
#include "core/base/clock.h"
#include "core/base/redactor.h"
#include "core/stream/closecodes.h"
#include "core/stream/handshakefailure.h"
#include "core/stream/streamevents.h"
#include "core/stream/websockettransport.h"

#include <QTimer>

namespace framescope {

namespace {

constexpr auto authorizationName = "Authorization";

bool hasHeader(const std::vector<HeaderField>& headers, const char* name)
{
    return std::any_of(headers.begin(), headers.end(),
                       [&](const HeaderField& header) { return header.name.compare(name, Qt::CaseInsensitive) == 0; });
}

/// A person may pass a token as a header of their own: then it is a secret like ours.
void rememberSecrets(const std::vector<HeaderField>& headers)
{
    for (const HeaderField& header : headers) {
        const QByteArray name = header.name.toLower();
        if (name != "authorization" && name != "cookie" && name != "sec-websocket-protocol" && !name.contains("key") &&
            !name.contains("token"))
            continue;
        redactor::add(Secret(header.value));
        const qsizetype space = header.value.indexOf(' ');
        if (space > 0)
            redactor::add(Secret(header.value.mid(space + 1).trimmed()));
    }
}

} // namespace

class DirectSource final : public FrameSource, private TransportListener
{
public:
    explicit DirectSource(DirectStreamConfig config);
    ~DirectSource() override;

    void start(FrameIntake* intake) override;
    void stop() override;
    void reconnectNow() override;
    void suspend(std::chrono::milliseconds coolDown) override;

private:
    void transportConnected() override;
    void transportText(const QString& message, const Instant& arrival) override;
    void transportBinary(const QByteArray& message, const Instant& arrival) override;
    void transportPong(std::chrono::nanoseconds roundTrip) override;
    void transportClosed(const TransportClose& close) override;
    void transportTripped(TransportGuard guard, const QString& what) override;
    void transportFailed(const TransportFailure& failure) override;

    void beginAttempt();
    void signIn();
    void onSignedIn(const AccessToken& token);
    void onSignInFailed(const Error& error);
    void onRateLimited(int status, std::chrono::milliseconds wait, int tryNumber);
    void connectStream(const Secret& token);
    void connectionLost(const QString& cause, const Error& error, RetryPace pace);
    void waitAndRetry(const Error& error, RetryPace pace);
    void leaveConnection(int closeCode);
    void end(SourcePhase phase, std::optional<Error> error);
    void record(AuditEvent event);
    void enter(SourcePhase phase);
    [[nodiscard]] bool isOver() const
    {
        return m_state.phase == SourcePhase::Stopped || m_state.phase == SourcePhase::Failed;
    }

    DirectStreamConfig m_config;
    FrameIntake* m_intake = nullptr;
    SourceState m_state;
    Backoff m_backoff;
    TokenProvider* m_tokens = nullptr; ///< null: no sign-in
    Transport* m_transport = nullptr;  ///< of the present attempt; deletes itself once we parted
    QTimer m_wake;                     ///< ends Waiting and Suspended
    qint64 m_attemptSinceNs = 0;
    qint64 m_gapSinceNs = 0; ///< 0: nothing was lost yet
    QString m_gapCause;
    bool m_signingIn = false;
    bool m_askedForToken = false; ///< this sign-in went to the service, the token was not held already
    bool m_tokenRenewed = false;  ///< a 401 or 403 was answered with a fresh token already
    bool m_everConnected = false;
    bool m_delivered = false; ///< a message came on the present connection
};

std::unique_ptr<FrameSource> makeDirectSource(DirectStreamConfig config)
{
    return std::make_unique<DirectSource>(std::move(config));
}

DirectSource::DirectSource(DirectStreamConfig config)
    : m_config(std::move(config))
    , m_backoff(m_config.reconnectLimits)
{
    rememberSecrets(m_config.headers);
    m_state.endpoint = redactor::redacted(urlWithoutQuery(m_config.url));
    m_wake.setSingleShot(true);
    m_wake.setTimerType(Qt::PreciseTimer);
    connect(&m_wake, &QTimer::timeout, this, &DirectSource::beginAttempt);
    if (!m_config.credentials)
        return;
    m_tokens = new TokenProvider(*m_config.credentials, this);
    connect(m_tokens, &TokenProvider::ready, this, &DirectSource::onSignedIn);
    connect(m_tokens, &TokenProvider::failed, this, &DirectSource::onSignInFailed);
    connect(m_tokens, &TokenProvider::rateLimited, this, &DirectSource::onRateLimited);
}

DirectSource::~DirectSource()
{
    if (m_transport)
        m_transport->abort();
}

void DirectSource::start(FrameIntake* intake)
{
    if (m_state.phase != SourcePhase::Idle)
        return;
    m_intake = intake;
    beginAttempt();
}

void DirectSource::stop()
{
    if (isOver())
        return;
    leaveConnection(1000);
    end(SourcePhase::Stopped, {});
}

void DirectSource::reconnectNow()
{
    if (m_state.phase != SourcePhase::Waiting && m_state.phase != SourcePhase::Suspended)
        return;
    beginAttempt();
}

void DirectSource::suspend(std::chrono::milliseconds coolDown)
{
    if (isOver() || m_state.phase == SourcePhase::Idle)
        return;
    if (m_state.phase == SourcePhase::Connected)
        m_gapCause = QStringLiteral("suspended");
    leaveConnection(1000);
    m_wake.start(coolDown);
    m_state.nextAttemptMonoNs = monotonicNs() + coolDown.count() * nsPerMs;
    enter(SourcePhase::Suspended);
}

void DirectSource::beginAttempt()
{
    m_wake.stop();
    m_state.nextAttemptMonoNs = 0;
    if (m_tokens)
        signIn();
    else
        connectStream({});
}

void DirectSource::signIn()
{
    m_signingIn = true;
    m_askedForToken = m_tokens->expiresWallNs() == 0;
    if (m_askedForToken) {
        m_state.tokenExpiresWallNs = 0;
        record(auditEvent(AuditAction::SignInStarted, Severity::Note, urlWithoutQuery(m_config.credentials->tokenUrl)));
        enter(SourcePhase::SigningIn);
    }
    m_tokens->request();
}

void DirectSource::onSignedIn(const AccessToken& token)
{
    if (!m_signingIn)
        return;
    m_signingIn = false;
    m_state.nextAttemptMonoNs = 0;
    m_state.tokenExpiresWallNs = token.expiresWallNs;
    if (m_askedForToken) {
        const qint64 seconds = (token.expiresWallNs - now().wallNs + 500 * nsPerMs) / (1000 * nsPerMs);
        record(auditEvent(AuditAction::SignedIn, Severity::Note, urlWithoutQuery(m_config.credentials->tokenUrl),
                          {{QStringLiteral("expires_in"), seconds}}));
    }
    connectStream(token.value);
}

void DirectSource::onSignInFailed(const Error& error)
{
    if (!m_signingIn)
        return;
    m_signingIn = false;
    m_state.nextAttemptMonoNs = 0;
    record(streamevents::signInFailed(error));
    const AfterFailure after = afterFailedSignIn(error);
    if (after == AfterFailure::Stop || !m_config.reconnect)
        return end(SourcePhase::Failed, error);
    waitAndRetry(error, after == AfterFailure::RetrySlowly ? RetryPace::Slow : RetryPace::Normal);
}

void DirectSource::onRateLimited(int status, std::chrono::milliseconds wait, int tryNumber)
{
    record(auditEvent(AuditAction::RateLimited, Severity::Warning, urlWithoutQuery(m_config.credentials->tokenUrl),
                      {{QStringLiteral("status"), status},
                       {QStringLiteral("retry_after_ms"), qint64(wait.count())},
                       {QStringLiteral("try"), tryNumber}}));
    m_state.nextAttemptMonoNs = monotonicNs() + wait.count() * nsPerMs;
    enter(SourcePhase::SigningIn);
}

void DirectSource::connectStream(const Secret& token)
{
    if (m_state.attempt < std::numeric_limits<quint16>::max())
        ++m_state.attempt;
    m_attemptSinceNs = monotonicNs();
    m_delivered = false;
    TransportRequest request{m_config.url, {}, m_config.caFile, m_config.limits};
    if (!token.isEmpty())
        request.headers.push_back({authorizationName, "Bearer " + token.reveal()});
    if (!hasHeader(m_config.headers, "Accept"))
        request.headers.push_back({"Accept", "application/json"});
    if (!hasHeader(m_config.headers, "User-Agent"))
        request.headers.push_back({"User-Agent", "Framescope/" FRAMESCOPE_VERSION});
    for (const HeaderField& header : m_config.headers) {
        if (token.isEmpty() || header.name.compare(authorizationName, Qt::CaseInsensitive) != 0)
            request.headers.push_back(header);
    }
    record(auditEvent(AuditAction::ConnectStarted, Severity::Note, m_state.endpoint));
    enter(SourcePhase::Connecting);
    m_transport = new WebSocketTransport(this, this);
    m_transport->open(request);
}

void DirectSource::transportConnected()
{
    const qint64 time = monotonicNs();
    m_tokenRenewed = false;
    m_state.connectedSinceMonoNs = time;
    m_state.roundTripNs = -1;
    m_state.error.reset();
    if (std::exchange(m_everConnected, true))
        ++m_state.reconnects;
    record(auditEvent(
        AuditAction::Connected, Severity::Note, m_state.endpoint,
        {{QStringLiteral("attempt"), m_state.attempt}, {QStringLiteral("ms"), (time - m_attemptSinceNs) / nsPerMs}}));
    if (const qint64 since = std::exchange(m_gapSinceNs, 0); since != 0)
        record(streamevents::gap(m_state.endpoint, (time - since) / nsPerMs, m_gapCause));
    if (m_transport) // the listener may have parted from us on hearing it
        enter(SourcePhase::Connected);
}

void DirectSource::transportText(const QString& message, const Instant& arrival)
{
    m_delivered = true;
    m_intake->receive(textFrame(message, arrival, m_state.attempt));
}

void DirectSource::transportBinary(const QByteArray& message, const Instant& arrival)
{
    m_delivered = true;
    m_intake->receive(binaryFrame(message, arrival, m_state.attempt));
}

void DirectSource::transportPong(std::chrono::nanoseconds roundTrip)
{
    m_state.roundTripNs = roundTrip.count();
    Q_EMIT stateChanged(m_state);
}

void DirectSource::transportClosed(const TransportClose& close)
{
    record(streamevents::closed(m_state.endpoint, close));
    m_state.closeCode = close.code;
    QString why = closeSentence(close.code);
    if (!close.reason.isEmpty())
        why += QStringLiteral(" The peer said: ") + redactor::redacted(close.reason);
    const Error error{ErrorCode::Closed, why, m_state.endpoint};
    if (!m_config.reconnect && isNormalClose(close.code)) {
        m_transport = nullptr;
        m_state.connectedSinceMonoNs = 0;
        return end(SourcePhase::Stopped, {});
    }
    connectionLost(QStringLiteral("closed %1").arg(close.code), error, closeCodeInfo(close.code).pace);
}

void DirectSource::transportTripped(TransportGuard guard, const QString& what)
{
    record(streamevents::tripped(m_state.endpoint, guard, what));
    m_state.closeCode = 1006;
    const bool limit = guard == TransportGuard::Limit;
    const Error error{
        limit ? ErrorCode::Protocol : ErrorCode::Timeout,
        QStringLiteral("The connection was ended here: %1. The stream comes back by itself; if it repeats, %2.")
            .arg(what, limit ? QStringLiteral("look at what the service sends")
                             : QStringLiteral("check the network and proxies")),
        m_state.endpoint};
    connectionLost(streamevents::gapCause(guard), error, limit ? RetryPace::Slow : RetryPace::Normal);
}

void DirectSource::transportFailed(const TransportFailure& failure)
{
    m_transport = nullptr;
    record(streamevents::connectFailed(m_state.endpoint, failure));
    const AfterFailure after = afterFailure(failure);
    if (after == AfterFailure::SignInAgain && m_tokens && !m_tokenRenewed) {
        m_tokenRenewed = true;
        m_tokens->clear();
        record(auditEvent(AuditAction::TokenCleared, Severity::Warning, m_state.endpoint,
                          {{QStringLiteral("status"), failure.httpStatus}}));
        return signIn();
    }
    if (after == AfterFailure::Stop || after == AfterFailure::SignInAgain || !m_config.reconnect)
        return end(SourcePhase::Failed, failure.error);
    waitAndRetry(failure.error, after == AfterFailure::RetrySlowly ? RetryPace::Slow : RetryPace::Normal);
}

/// A connection that was open is no more.
void DirectSource::connectionLost(const QString& cause, const Error& error, RetryPace pace)
{
    m_transport = nullptr;
    const qint64 time = monotonicNs();
    m_backoff.connectionEnded(std::chrono::nanoseconds(time - m_state.connectedSinceMonoNs), m_delivered);
    m_state.connectedSinceMonoNs = 0;
    m_gapSinceNs = time;
    m_gapCause = cause;
    if (!m_config.reconnect)
        return end(SourcePhase::Failed, error);
    waitAndRetry(error, pace);
}

void DirectSource::waitAndRetry(const Error& error, RetryPace pace)
{
    if (isOver())
        return; // stopped by whoever heard the event before this
    const std::chrono::milliseconds wait = m_backoff.next(pace);
    m_state.error = error;
    m_state.nextAttemptMonoNs = monotonicNs() + wait.count() * nsPerMs;
    record(auditEvent(
        AuditAction::ReconnectScheduled, Severity::Note, m_state.endpoint,
        {{QStringLiteral("wait_ms"), qint64(wait.count())}, {QStringLiteral("attempt"), m_state.attempt + 1}}));
    m_wake.start(wait);
    enter(SourcePhase::Waiting);
}

/// Parts from whatever is under way. Safe inside a message's delivery: the transport stops calling at once.
void DirectSource::leaveConnection(int closeCode)
{
    m_wake.stop();
    if (m_tokens)
        m_tokens->cancel();
    m_signingIn = false;
    Transport* transport = std::exchange(m_transport, nullptr);
    if (!transport)
        return;
    if (m_state.phase != SourcePhase::Connected) {
        transport->abort();
        return;
    }
    transport->close(closeCode);
    const qint64 time = monotonicNs();
    m_backoff.connectionEnded(std::chrono::nanoseconds(time - m_state.connectedSinceMonoNs), m_delivered);
    m_state.connectedSinceMonoNs = 0;
    m_state.closeCode = closeCode;
    m_gapSinceNs = time;
    record(streamevents::closedByUs(m_state.endpoint, closeCode));
}

void DirectSource::end(SourcePhase phase, std::optional<Error> error)
{
    if (isOver())
        return;
    m_state.error = error;
    m_state.nextAttemptMonoNs = 0;
    enter(phase);
    // Later: the owner may part from us in its slot, and we may be inside a message's delivery.
    QMetaObject::invokeMethod(
        this, [this, error] { Q_EMIT finished(error); }, Qt::QueuedConnection);
}

void DirectSource::record(AuditEvent event)
{
    event.attempt = m_state.attempt;
    m_intake->record(std::move(event));
}

void DirectSource::enter(SourcePhase phase)
{
    m_state.phase = phase;
    Q_EMIT stateChanged(m_state);
}

} // namespace framescope
