#pragma once
/// Reads one HTTP/1.1 request out of bytes as they arrive (RFC 9112 sections 2 to 6, as far as the simulated service
/// needs them).
///
/// Pure: no socket, so that tests and fuzzers can drive it. Tolerant: a bare LF ends a line, names are compared without
/// case, white space around values is dropped. Memory: at most headerLimit + bodyLimit (subscriptionsLimit); what is
/// over is refused with the status to answer. Thread: any, one at a time.
#include <QByteArray>
#include <QByteArrayView>
#include <utility>
#include <vector>

namespace framescope {

struct HttpRequest
{
    QByteArray method;                                      ///< "GET"
    QByteArray path;                                        ///< without the query
    QByteArray query;                                       ///< after '?', may be empty
    std::vector<std::pair<QByteArray, QByteArray>> headers; ///< names in lower case
    QByteArray body;

    /// The value of the first header with that name (lower case), or a null array.
    [[nodiscard]] QByteArray header(QByteArrayView name) const;
    /// Whether a comma-separated header holds @p token, without case: "Connection: keep-alive, Upgrade".
    [[nodiscard]] bool headerHasToken(QByteArrayView name, QByteArrayView token) const;
};

class HttpRequestReader
{
public:
    static constexpr qsizetype headerLimit = 64 * 1024;
    static constexpr qsizetype bodyLimit = 64 * 1024;
    static constexpr qsizetype subscriptionsLimit = 512 * 1024; ///< a list of topics may be long: 1,001 of 200 letters

    enum class State
    {
        NeedsMore,
        Complete,
        Refused
    };

    /// Takes bytes in any portions. After Complete or Refused further bytes are not looked at.
    State feed(QByteArrayView bytes);

    [[nodiscard]] const HttpRequest& request() const { return m_request; }
    /// What came behind the request: the first bytes of the next protocol.
    [[nodiscard]] QByteArray rest() const { return m_rest; }
    /// When Refused: 400, 411, 413, 431, 501 or 505.
    [[nodiscard]] int refusalStatus() const { return m_refusal; }

private:
    State refuse(int status);
    State readHead(qsizetype headBytes);
    State readBody();

    State m_state = State::NeedsMore;
    bool m_headRead = false;
    QByteArray m_bytes;
    qsizetype m_searchedTo = 0;
    qsizetype m_bodyBytes = 0;
    HttpRequest m_request;
    QByteArray m_rest;
    int m_refusal = 0;
};

/// Decodes application/x-www-form-urlencoded. At most 64 pairs; a broken escape stays as it is.
[[nodiscard]] std::vector<std::pair<QByteArray, QByteArray>> formFields(QByteArrayView body);

} // namespace framescope
