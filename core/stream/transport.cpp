#include "core/stream/transport.h"

#include "core/base/redactor.h"

namespace framescope {

namespace {

/// RFC 9110 section 5.6.2.
bool isToken(const QByteArray& name)
{
    const auto allowed = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               std::strchr("!#$%&'*+-.^_`|~", c) != nullptr;
    };
    return !name.isEmpty() && !name.contains('\0') && std::all_of(name.begin(), name.end(), allowed);
}

bool hasControls(const QByteArray& value)
{
    return std::any_of(value.begin(), value.end(), [](char c) { return uchar(c) < 0x20 || uchar(c) == 0x7f; });
}

/// What the handshake writes itself: a second one would contradict it or smuggle a request.
bool isReserved(const QByteArray& name)
{
    static const std::array<const char*, 10> reserved = {"host",
                                                         "upgrade",
                                                         "connection",
                                                         "sec-websocket-key",
                                                         "sec-websocket-version",
                                                         "sec-websocket-extensions",
                                                         "sec-websocket-accept",
                                                         "content-length",
                                                         "transfer-encoding",
                                                         "te"};
    return std::any_of(reserved.begin(), reserved.end(), [&](const char* known) { return name.toLower() == known; });
}

} // namespace

RawFrame textFrame(const QString& message, const Instant& arrival, quint16 attempt)
{
    RawFrame frame;
    frame.arrival = arrival;
    frame.attempt = attempt;
    frame.opcode = Opcode::Text;
    frame.text = message.isNull() ? QStringView(u"") : QStringView(message); // empty, but text
    return frame;
}

RawFrame binaryFrame(const QByteArray& message, const Instant& arrival, quint16 attempt)
{
    RawFrame frame;
    frame.arrival = arrival;
    frame.attempt = attempt;
    frame.opcode = Opcode::Binary;
    frame.bytes = message;
    return frame;
}

Expected<void> checkedHeaders(const std::vector<HeaderField>& headers)
{
    for (const HeaderField& header : headers) {
        const QString shown = redactor::withoutControls(QString::fromUtf8(header.name.left(64)));
        if (!isToken(header.name))
            return failure(ErrorCode::Refused, QStringLiteral("A header's name is not allowed: \"%1\"").arg(shown));
        if (hasControls(header.value))
            return failure(ErrorCode::Refused, QStringLiteral("The header %1 contains control characters").arg(shown));
        if (isReserved(header.name))
            return failure(ErrorCode::Refused,
                           QStringLiteral("The header %1 is written by the handshake itself").arg(shown));
    }
    return {};
}

} // namespace framescope
