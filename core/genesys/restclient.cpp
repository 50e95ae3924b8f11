#include "core/genesys/restclient.h"

#include "core/auth/httpexchange.h"
#include "core/auth/retryafter.h"
#include "core/auth/urlpolicy.h"
#include "core/base/clock.h"
#include "core/base/redactor.h"
#include "core/genesys/requestbudget.h"

#include <QPointer>
#include <QRandomGenerator>
#include <QTimer>
#include <algorithm>
#include <deque>

namespace framescope {

namespace {

constexpr std::size_t waitingLimit = 1'000;
constexpr int atOnceLimit = 4;
constexpr int triesLimit = 4;                               ///< of 429, 502, 503, 504
constexpr qint64 believedOffsetMs = 7LL * 24 * 3600 * 1000; ///< a Date further away is a mistake, of whomever

QString secondsText(std::chrono::milliseconds wait)
{
    const qint64 seconds = (wait.count() + 999) / 1000;
    if (seconds < 120)
        return QStringLiteral("%1 s").arg(seconds);
    if (seconds < 7200)
        return QStringLiteral("%1 s (%2 min)").arg(seconds).arg((seconds + 59) / 60);
    return QStringLiteral("%1 s (%2 h)").arg(seconds).arg(double(seconds) / 3600, 0, 'f', 1);
}

QString tooLongText(std::chrono::milliseconds wait, std::chrono::milliseconds longest)
{
    return QStringLiteral(
               "The service asks to wait %1 before the next request, more than the %2 s that are waited for. "
               "Try again after that time.")
        .arg(secondsText(wait))
        .arg(longest.count() / 1000);
}

} // namespace

struct RestClient::Private
{
    struct Pending
    {
        quint64 id = 0;
        RestCall call;
        Handler handler;
        qint64 notBeforeMonoNs = 0;
        int tries = 0;
        bool refusedOnce = false; ///< a 401 was answered with a fresh token already
    };
    struct Lane
    {
        HttpExchange* exchange = nullptr;
        std::optional<Pending> pending;
        QByteArray token; ///< that it was sent with
        qint64 sentWallNs = 0;
    };

    Private(RestClient* client, RestOptions restOptions, TokenProvider* provider)
        : q(client)
        , options(std::move(restOptions))
        , tokens(provider)
        , budget(options.requestsPerMinute, options.budgetWindow)
    {
    }

    void schedule();
    void onToken(const AccessToken& token);
    void onNoToken(const Error& error);
    void failWaiting(const RestFailure& failure);
    void dispatch(Lane& lane, Pending pending, const AccessToken& token);
    void onAnswer(Lane& lane, const Expected<HttpAnswer>& answer);
    void judge(Pending pending, const HttpAnswer& answer, const QByteArray& usedToken);
    void retryLater(Pending pending, const HttpAnswer& answer);
    void measureClock(const HttpAnswer& answer, qint64 sentWallNs);
    [[nodiscard]] QString placeOf(const RestCall& call) const
    {
        return redactor::redacted(urlWithoutQuery(options.hosts.apiUrl(call.path)));
    }
    [[nodiscard]] Lane* freeLane();

    RestClient* q;
    RestOptions options;
    TokenProvider* tokens;
    mutable RequestBudget budget;
    std::deque<Pending> waiting;
    std::array<Lane, atOnceLimit> lanes;
    QTimer turn;
    std::optional<qint64> clockOffset;
    qint64 resumeMonoNs = 0;
    quint64 lastId = 0;
    bool tokenAsked = false;
};

RestClient::RestClient(RestOptions options, TokenProvider* tokens, QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this, std::move(options), tokens))
{
    d->turn.setSingleShot(true);
    connect(&d->turn, &QTimer::timeout, this, [this] { d->schedule(); });
    connect(tokens, &TokenProvider::ready, this, [this](const AccessToken& token) { d->onToken(token); });
    connect(tokens, &TokenProvider::failed, this, [this](const Error& error) { d->onNoToken(error); });
    for (Private::Lane& lane : d->lanes)
        lane.exchange = new HttpExchange(this);
}

RestClient::~RestClient()
{
    cancelAll();
}

quint64 RestClient::send(const RestCall& call, Handler handler)
{
    Private::Pending pending{++d->lastId, call, std::move(handler), 0, 0, false};
    if (d->waiting.size() >= waitingLimit) {
        const Error error{ErrorCode::Busy, QStringLiteral("Too many requests wait already."), d->placeOf(call)};
        QMetaObject::invokeMethod(
            this,
            [pending, error] {
                pending.handler(tl::unexpected<RestFailure>(RestFailure{error, 0, {}, {}, 0}));
            },
            Qt::QueuedConnection);
        return pending.id;
    }
    d->waiting.push_back(std::move(pending));
    d->turn.start(0);
    return d->lastId;
}

void RestClient::cancel(quint64 call)
{
    std::erase_if(d->waiting, [&](const Private::Pending& pending) { return pending.id == call; });
    for (Private::Lane& lane : d->lanes) {
        if (lane.pending && lane.pending->id == call) {
            lane.exchange->cancel();
            lane.pending.reset();
            d->turn.start(0); // for who waited for its place
        }
    }
}

void RestClient::cancelAll()
{
    d->waiting.clear();
    d->tokenAsked = false;
    d->turn.stop();
    for (Private::Lane& lane : d->lanes) {
        lane.exchange->cancel();
        lane.pending.reset();
    }
}

int RestClient::requestsLastMinute() const
{
    return d->budget.used(monotonicNs());
}

int RestClient::requestLimit() const
{
    return d->budget.limit();
}

qint64 RestClient::resumeMonoNs() const
{
    return d->resumeMonoNs > monotonicNs() ? d->resumeMonoNs : 0;
}

std::optional<qint64> RestClient::clockOffsetNs() const
{
    return d->clockOffset;
}

RestClient::Private::Lane* RestClient::Private::freeLane()
{
    const auto found = std::find_if(lanes.begin(), lanes.end(), [](const Lane& lane) { return !lane.pending; });
    return found == lanes.end() ? nullptr : &*found;
}

/// Sends what may go now; comes back when the next may.
void RestClient::Private::schedule()
{
    if (waiting.empty() || !freeLane())
        return; // an answer schedules again
    const qint64 time = monotonicNs();
    qint64 due = std::max(resumeMonoNs, budget.nextMonoNs(time));
    const auto earliest = std::min_element(waiting.begin(), waiting.end(), [](const Pending& a, const Pending& b) {
        return a.notBeforeMonoNs < b.notBeforeMonoNs;
    });
    due = std::max(due, earliest->notBeforeMonoNs);
    if (resumeMonoNs - time > std::chrono::nanoseconds(options.longestRetryAfter).count()) {
        const std::chrono::milliseconds left((resumeMonoNs - time) / nsPerMs);
        return failWaiting(
            {{ErrorCode::RateLimited, tooLongText(left, options.longestRetryAfter), {}}, 429, {}, {}, left.count()});
    }
    if (due > time) {
        turn.start(int(std::min<qint64>((due - time) / nsPerMs + 1, 3'600'000)));
        return;
    }
    if (!tokenAsked) {
        tokenAsked = true;
        tokens->request();
    }
}

void RestClient::Private::onToken(const AccessToken& token)
{
    tokenAsked = false;
    const qint64 time = monotonicNs();
    while (resumeMonoNs <= time && budget.nextMonoNs(time) <= time) {
        Lane* lane = freeLane();
        const auto next = std::find_if(waiting.begin(), waiting.end(),
                                       [&](const Pending& pending) { return pending.notBeforeMonoNs <= time; });
        if (!lane || next == waiting.end())
            break;
        Pending pending = std::move(*next);
        waiting.erase(next);
        dispatch(*lane, std::move(pending), token);
    }
    turn.start(0);
}

void RestClient::Private::onNoToken(const Error& error)
{
    if (!std::exchange(tokenAsked, false))
        return; // somebody else's question
    failWaiting({error, 0, {}, {}, 0});
}

/// One by one: a handler may cancel others, or delete the client.
void RestClient::Private::failWaiting(const RestFailure& failure)
{
    const QPointer<RestClient> client(q);
    for (std::size_t left = waiting.size(); left > 0 && client && !waiting.empty(); --left) {
        const Pending pending = std::move(waiting.front());
        waiting.pop_front();
        RestFailure own = failure;
        if (own.error.place.isEmpty())
            own.error.place = placeOf(pending.call);
        pending.handler(tl::unexpected<RestFailure>(std::move(own)));
    }
}

void RestClient::Private::dispatch(Lane& lane, Pending pending, const AccessToken& token)
{
    HttpCall call;
    call.verb = pending.call.verb;
    call.url = options.hosts.apiUrl(pending.call.path, pending.call.query);
    call.headers = {{"Authorization", "Bearer " + token.value.reveal()}, {"Content-Type", "application/json"}};
    call.body = pending.call.body;
    call.caFile = options.caFile;
    call.replyLimitBytes = pending.call.replyLimitBytes;
    call.deadline = options.requestTimeout;
    call.service = QStringLiteral("Genesys Cloud API");
    budget.note(monotonicNs());
    ++pending.tries;
    lane.pending = std::move(pending);
    lane.token = token.value.reveal();
    lane.sentWallNs = now().wallNs;
    lane.exchange->start(call, [this, &lane](const Expected<HttpAnswer>& answer) { onAnswer(lane, answer); });
}

void RestClient::Private::onAnswer(Lane& lane, const Expected<HttpAnswer>& answer)
{
    Pending pending = std::move(*lane.pending);
    lane.pending.reset();
    turn.start(0);
    if (!answer)
        return pending.handler(tl::unexpected<RestFailure>(RestFailure{answer.error(), 0, {}, {}, 0}));
    measureClock(*answer, lane.sentWallNs);
    judge(std::move(pending), *answer, lane.token);
}

void RestClient::Private::judge(Pending pending, const HttpAnswer& answer, const QByteArray& usedToken)
{
    const int status = answer.status;
    const QString place = placeOf(pending.call);
    if (status >= 200 && status < 300)
        return pending.handler(RestReply{status, answer.body});
    if (status == 401 && !pending.refusedOnce) {
        pending.refusedOnce = true;
        --pending.tries;
        waiting.push_front(std::move(pending));
        // Another call may have had the same answer, and a fresh token since.
        if (tokens->held().value.reveal() == usedToken) {
            tokens->clear();
            Q_EMIT q->tokenRefused(place);
        }
        return;
    }
    if (status == 429 || status == 502 || status == 503 || status == 504)
        return retryLater(std::move(pending), answer);
    pending.handler(
        tl::unexpected<RestFailure>(restFailure(status, answer.body, answer.header("inin-correlation-id"), place)));
}

void RestClient::Private::retryLater(Pending pending, const HttpAnswer& answer)
{
    const int status = answer.status;
    const QString place = placeOf(pending.call);
    std::optional<std::chrono::milliseconds> asked =
        parseRetryAfter(answer.header("Retry-After"), now().wallNs / nsPerMs);
    if (!asked && status == 429) {
        if (const qint64 named = waitNamedIn(answer.body); named > 0)
            asked = std::chrono::milliseconds(named);
    }
    // 3, 9, 27 units, as Genesys' SDKs wait; what the service asks for is a floor.
    std::chrono::milliseconds wait = options.retryUnit * 3;
    for (int i = 1; i < pending.tries; ++i)
        wait *= 3;
    if (asked)
        wait = status == 429 ? *asked : std::max(*asked, wait);
    RestFailure failure = restFailure(status, answer.body, answer.header("inin-correlation-id"), place);
    failure.retryAfterMs = asked ? asked->count() : 0;
    const auto jitter =
        std::chrono::milliseconds(QRandomGenerator::global()->bounded(quint32(options.retryUnit.count() / 4 + 1)));
    const qint64 due = monotonicNs() + (wait + jitter).count() * nsPerMs;
    if (status == 429) // also where this call is not tried again: it is the client that is limited
        resumeMonoNs = std::max(resumeMonoNs, due);
    if (asked && *asked > options.longestRetryAfter) {
        failure.error.code = ErrorCode::RateLimited;
        failure.error.detail = tooLongText(*asked, options.longestRetryAfter) + QLatin1Char(' ') + failure.error.detail;
        return pending.handler(tl::unexpected<RestFailure>(failure));
    }
    if (pending.tries >= triesLimit)
        return pending.handler(tl::unexpected<RestFailure>(failure));
    const int tries = pending.tries;
    pending.notBeforeMonoNs = due;
    waiting.push_back(std::move(pending));
    turn.start(0);
    Q_EMIT q->retrying(status, wait + jitter, tries, place);
}

/// The Date field says the second in which the answer was made, somewhere between question and answer.
void RestClient::Private::measureClock(const HttpAnswer& answer, qint64 sentWallNs)
{
    const qint64 receivedWallNs = now().wallNs;
    const std::optional<qint64> date = parseHttpDate(answer.header("Date"), receivedWallNs / nsPerMs);
    if (date && std::abs(*date - receivedWallNs / nsPerMs) <= believedOffsetMs)
        clockOffset = *date * nsPerMs + 500 * nsPerMs - (sentWallNs / 2 + receivedWallNs / 2);
}

} // namespace framescope
