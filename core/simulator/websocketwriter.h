#pragma once
/// Writes the server side of RFC 6455: the accept key of section 4.2.2 and unmasked frames of section 5.2.
/// Pure; thread: any. It writes what it is told, also what a correct server would never send: that is its purpose.
#include <QByteArray>
#include <QByteArrayView>
#include <string>
#include <string_view>

namespace framescope::websocketwriter {

enum class FrameOpcode : quint8
{
    Continuation = 0x0,
    Text = 0x1,
    Binary = 0x2,
    Close = 0x8,
    Ping = 0x9,
    Pong = 0xA
};

/// The value of Sec-WebSocket-Accept for that Sec-WebSocket-Key.
[[nodiscard]] QByteArray acceptKey(QByteArrayView key);

/// Appends the head of a frame whose payload of @p payloadBytes the caller appends next.
void appendFrameHead(std::string& wire, FrameOpcode opcode, quint64 payloadBytes, bool final = true);
void appendFrame(std::string& wire, FrameOpcode opcode, std::string_view payload, bool final = true);
/// A close frame (section 5.5.1): the code in network order, then the reason, cut to what a control frame holds.
void appendClose(std::string& wire, quint16 code, std::string_view reason);

} // namespace framescope::websocketwriter
