#pragma once
/// Calls of Genesys Cloud's REST API with a token from the provider.
///
/// Rules: 401 clears the token and tries once more with a fresh one; 429 waits for Retry-After, up to 180 s (beyond
/// that the error names the wait: daily caps return hours), and holds back every other call meanwhile (a longer wait
/// answers them with the same error); 502, 503 and 504
/// are tried again after 3, 9 and 27 units; four calls at once; requests pace themselves below the limit a minute.
/// Redirects, cookies, sizes and deadlines as in HttpExchange. Thread: one with an event loop (pipeline or gui);
/// asynchronous. Errors: RestFailure, whose text holds the correlation id.
#include "core/auth/tokenprovider.h"
#include "core/genesys/notificationconfig.h"
#include "core/genesys/resterror.h"

#include <QObject>
#include <functional>
#include <memory>

namespace framescope {

struct RestCall
{
    QByteArray verb = "GET";
    QString path; ///< "/api/v2/..."; with identifiers, which are redacted wherever it is shown
    QString query;
    QByteArray body; ///< JSON
    qint64 replyLimitBytes = 1024 * 1024;
};

struct RestReply
{
    int status = 0;
    QByteArray body;
};

struct RestOptions
{
    GenesysHosts hosts;
    QString caFile;
    std::chrono::milliseconds requestTimeout{20'000};
    std::chrono::milliseconds retryUnit{1'000};
    std::chrono::milliseconds longestRetryAfter = ServiceLimit::longestRetryAfter;
    int requestsPerMinute = ServiceLimit::requestsPerMinute;
    std::chrono::milliseconds budgetWindow{60'000};
};

class RestClient : public QObject
{
    Q_OBJECT

public:
    using Handler = std::function<void(tl::expected<RestReply, RestFailure>)>;

    /// @p tokens outlives it.
    RestClient(RestOptions options, TokenProvider* tokens, QObject* parent = nullptr);
    ~RestClient() override;

    /// The handler is called later, once, unless the call is cancelled. At most 1,000 calls wait; more fail with Busy.
    quint64 send(const RestCall& call, Handler handler);
    void cancel(quint64 call);
    void cancelAll();

    [[nodiscard]] int requestsLastMinute() const;
    [[nodiscard]] int requestLimit() const;
    [[nodiscard]] qint64 resumeMonoNs() const; ///< 429: no request before; 0 otherwise
    /// The service's clock minus ours, of the last answer with a Date: about a second exact.
    [[nodiscard]] std::optional<qint64> clockOffsetNs() const;

Q_SIGNALS:
    /// 429, 502, 503, 504: tried again in @p wait.
    void retrying(int status, std::chrono::milliseconds wait, int tryNumber, const QString& place);
    /// 401: the token was cleared, a fresh one is asked for.
    void tokenRefused(const QString& place);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace framescope
