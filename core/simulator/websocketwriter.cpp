#include "core/simulator/websocketwriter.h"

#include <QCryptographicHash>

namespace framescope::websocketwriter {

namespace {
constexpr std::size_t mostControlBytes = 125; // RFC 6455 section 5.5
} // namespace

QByteArray acceptKey(QByteArrayView key)
{
    // The fixed GUID of RFC 6455 section 1.3.
    const QByteArray joined = key.toByteArray() + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    return QCryptographicHash::hash(joined, QCryptographicHash::Sha1).toBase64();
}

void appendFrameHead(std::string& wire, FrameOpcode opcode, quint64 payloadBytes, bool final)
{
    char head[10];
    std::size_t size = 2;
    head[0] = char(quint8(opcode) | (final ? 0x80 : 0x00));
    if (payloadBytes < 126) {
        head[1] = char(payloadBytes);
    } else {
        const int lengthBytes = payloadBytes <= 0xFFFF ? 2 : 8;
        head[1] = char(lengthBytes == 2 ? 126 : 127);
        for (int i = lengthBytes - 1; i >= 0; --i)
            head[size++] = char((payloadBytes >> (8 * i)) & 0xFF);
    }
    wire.append(head, size);
}

void appendFrame(std::string& wire, FrameOpcode opcode, std::string_view payload, bool final)
{
    appendFrameHead(wire, opcode, payload.size(), final);
    wire.append(payload);
}

void appendClose(std::string& wire, quint16 code, std::string_view reason)
{
    reason = reason.substr(0, mostControlBytes - 2);
    appendFrameHead(wire, FrameOpcode::Close, reason.size() + 2);
    wire.push_back(char(code >> 8));
    wire.push_back(char(code & 0xFF));
    wire.append(reason);
}

} // namespace framescope::websocketwriter
