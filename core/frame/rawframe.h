#pragma once
/// One whole WebSocket message as the transport hands it over: a view, valid during the call that delivers it only.
///
/// QWebSocket hands over whole messages, not RFC 6455 frames; "frame" is what the field calls them. A text message
/// arrives from QWebSocket as UTF-16 (it keeps no UTF-8 bytes), a binary one as bytes: exactly one of `text` and
/// `bytes` is set. Thread: the stream thread.
#include "core/base/clock.h"

#include <QByteArrayView>
#include <QStringView>

namespace framescope {

enum class Opcode : quint8
{
    Text = 1,
    Binary = 2
}; // RFC 6455 section 11.8
enum class Direction : quint8
{
    In = 0,
    Out = 1
};

struct RawFrame
{
    Instant arrival;        ///< taken when the message left the socket, before anything else looked at it
    quint16 connection = 0; ///< which stream of the session, from 0
    quint16 attempt = 0;    ///< which connection attempt of that stream, from 1
    Opcode opcode = Opcode::Text;
    Direction direction = Direction::In;
    QStringView text;
    QByteArrayView bytes;
    quint8 flags = 0; ///< FrameFlag: what the source knows already (Replayed, Simulated)

    [[nodiscard]] bool isUtf16() const { return !text.isNull(); }
};

} // namespace framescope
