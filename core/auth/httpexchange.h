#pragma once
/// One HTTP request that carries a credential, and its answer: what the token provider, the sign-in of a person and the
/// REST client share.
///
/// Rules: https, or plain http to loopback; redirects are never followed, so that no credential reaches another host
/// (Qt would hand a raw Authorization header on); no cookies, no cache, no HTTP/2 (HPACK of Qt 6.4 has a known
/// overflow), no compression, so that the limit counts what was sent; one deadline for the whole exchange, because a
/// transfer timeout alone starts anew with every byte that trickles in. Thread: one with an event loop; asynchronous.
/// Errors (no usable answer came): Refused, InvalidArgument (URL), Tls, Network, Timeout, Protocol (answer too large).
/// Any HTTP status is an answer, also 4xx and 5xx.
#include "core/base/error.h"

#include <QByteArray>
#include <QObject>
#include <QUrl>
#include <chrono>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace framescope {

using HttpHeader = std::pair<QByteArray, QByteArray>;

struct HttpCall
{
    QByteArray verb = "GET"; ///< GET, POST, PUT, DELETE
    QUrl url;
    std::vector<HttpHeader> headers;
    QByteArray body;
    QString caFile;
    qint64 replyLimitBytes = 64 * 1024;
    std::chrono::milliseconds deadline{15'000};
    QString service = QStringLiteral("sign-in"); ///< for error texts: "The sign-in service did not answer ..."
};

struct HttpAnswer
{
    int status = 0;
    QByteArray body;
    std::vector<HttpHeader> headers;

    /// "" when it was not sent. @p name in any case.
    [[nodiscard]] QByteArray header(QByteArrayView name) const;
};

class HttpExchange : public QObject
{
    Q_OBJECT

public:
    using Handler = std::function<void(Expected<HttpAnswer>)>;

    explicit HttpExchange(QObject* parent = nullptr);
    ~HttpExchange() override;

    /// @p done comes later, once; never after cancel(). One exchange at a time.
    void start(const HttpCall& call, Handler done);
    void cancel();

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace framescope
