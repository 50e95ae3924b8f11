#include "core/simulator/httprequest.h"

#include <QList>
#include <algorithm>

namespace framescope {

namespace {

constexpr std::size_t mostHeaders = 200;
constexpr std::size_t mostFormFields = 64;

/// Where the head ends (behind the empty line), or -1. Looks from @p from on.
qsizetype endOfHead(QByteArrayView bytes, qsizetype from)
{
    for (qsizetype lf = bytes.indexOf('\n', from); lf >= 0; lf = bytes.indexOf('\n', lf + 1)) {
        if (lf + 1 < bytes.size() && bytes[lf + 1] == '\n')
            return lf + 2;
        if (lf + 2 < bytes.size() && bytes[lf + 1] == '\r' && bytes[lf + 2] == '\n')
            return lf + 3;
    }
    return -1;
}

/// A token of RFC 9110 section 5.6.2: what methods and header names are made of.
bool isToken(QByteArrayView text)
{
    static constexpr QByteArrayView marks = "!#$%&'*+-.^_`|~";
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || marks.contains(c);
    });
}

QByteArrayView takeLine(QByteArrayView& text)
{
    const qsizetype lf = text.indexOf('\n');
    QByteArrayView line = lf < 0 ? text : text.first(lf);
    text = lf < 0 ? QByteArrayView() : text.sliced(lf + 1);
    return line.endsWith('\r') ? line.chopped(1) : line;
}

int readRequestLine(QByteArrayView line, HttpRequest& request)
{
    const qsizetype first = line.indexOf(' ');
    const qsizetype last = line.lastIndexOf(' ');
    if (first <= 0 || last <= first)
        return 400;
    const QByteArrayView target = line.sliced(first + 1, last - first - 1);
    const QByteArrayView version = line.sliced(last + 1);
    if (!isToken(line.first(first)) || !target.startsWith('/') || target.contains(' '))
        return 400;
    if (!version.startsWith("HTTP/"))
        return 400;
    if (version != QByteArrayView("HTTP/1.1") && version != QByteArrayView("HTTP/1.0"))
        return 505;
    request.method = line.first(first).toByteArray();
    const qsizetype mark = target.indexOf('?');
    request.path = (mark < 0 ? target : target.first(mark)).toByteArray();
    request.query = mark < 0 ? QByteArray() : target.sliced(mark + 1).toByteArray();
    return 0;
}

QByteArray percentDecoded(QByteArrayView text)
{
    QByteArray plain = text.toByteArray();
    plain.replace('+', ' ');
    return QByteArray::fromPercentEncoding(plain);
}

} // namespace

QByteArray HttpRequest::header(QByteArrayView name) const
{
    for (const auto& [key, value] : headers) {
        if (name == key)
            return value;
    }
    return {};
}

bool HttpRequest::headerHasToken(QByteArrayView name, QByteArrayView token) const
{
    for (const auto& [key, value] : headers) {
        if (name != key)
            continue;
        for (const QByteArray& part : value.split(',')) {
            if (part.trimmed().compare(token, Qt::CaseInsensitive) == 0)
                return true;
        }
    }
    return false;
}

HttpRequestReader::State HttpRequestReader::feed(QByteArrayView bytes)
{
    if (m_state != State::NeedsMore)
        return m_state;
    m_bytes.append(bytes);
    if (m_headRead)
        return readBody();
    // An empty line before the request is skipped (RFC 9112 section 2.2).
    while (m_bytes.startsWith('\r') || m_bytes.startsWith('\n')) {
        m_bytes.remove(0, 1);
        m_searchedTo = 0;
    }
    const qsizetype end = endOfHead(m_bytes, m_searchedTo);
    if (end > headerLimit || (end < 0 && m_bytes.size() > headerLimit))
        return refuse(431);
    if (end < 0) {
        m_searchedTo = std::max<qsizetype>(0, m_bytes.size() - 2);
        return m_state;
    }
    return readHead(end);
}

HttpRequestReader::State HttpRequestReader::refuse(int status)
{
    m_bytes.clear();
    m_refusal = status;
    return m_state = State::Refused;
}

HttpRequestReader::State HttpRequestReader::readHead(qsizetype headBytes)
{
    QByteArrayView text = QByteArrayView(m_bytes).first(headBytes);
    if (const int status = readRequestLine(takeLine(text), m_request))
        return refuse(status);
    while (!text.isEmpty()) {
        const QByteArrayView line = takeLine(text);
        if (line.isEmpty())
            continue;
        const qsizetype colon = line.indexOf(':');
        if (colon <= 0 || !isToken(line.first(colon)))
            return refuse(400);
        if (m_request.headers.size() >= mostHeaders)
            return refuse(431);
        m_request.headers.emplace_back(line.first(colon).toByteArray().toLower(),
                                       line.sliced(colon + 1).trimmed().toByteArray());
    }
    if (!m_request.header("transfer-encoding").isNull())
        return refuse(501); // chunked bodies: no client of this service sends them
    const QByteArray length = m_request.header("content-length");
    if (!length.isNull()) {
        bool valid = false;
        m_bodyBytes = length.toLongLong(&valid);
        if (!valid || m_bodyBytes < 0)
            return refuse(400);
        if (m_bodyBytes > (m_request.path.endsWith("/subscriptions") ? subscriptionsLimit : bodyLimit))
            return refuse(413);
    } else if (m_request.method == "POST" && !m_request.path.startsWith("/api/v2/")) {
        return refuse(411); // there, no length is no body: a channel is made with an empty POST
    }
    m_bytes.remove(0, headBytes);
    m_headRead = true;
    return readBody();
}

HttpRequestReader::State HttpRequestReader::readBody()
{
    if (m_bytes.size() < m_bodyBytes)
        return m_state;
    m_request.body = m_bytes.first(m_bodyBytes);
    m_rest = m_bytes.sliced(m_bodyBytes);
    m_bytes.clear();
    return m_state = State::Complete;
}

std::vector<std::pair<QByteArray, QByteArray>> formFields(QByteArrayView body)
{
    std::vector<std::pair<QByteArray, QByteArray>> fields;
    while (!body.isEmpty() && fields.size() < mostFormFields) {
        const qsizetype end = body.indexOf('&');
        const QByteArrayView pair = end < 0 ? body : body.first(end);
        body = end < 0 ? QByteArrayView() : body.sliced(end + 1);
        const qsizetype equals = pair.indexOf('=');
        if (pair.isEmpty())
            continue;
        fields.emplace_back(percentDecoded(equals < 0 ? pair : pair.first(equals)),
                            equals < 0 ? QByteArray() : percentDecoded(pair.sliced(equals + 1)));
    }
    return fields;
}

} // namespace framescope
