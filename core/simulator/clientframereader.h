#pragma once
/// Reads the frames that a client sends (RFC 6455 section 5.2, masked) out of bytes as they arrive.
///
/// Pure: no socket. Memory: one frame of at most payloadLimit. A client of a stream has nothing to say but ping, pong
/// and close, so that the limit is low; what breaks the protocol ends with the close code to answer. Thread: any, one
/// at a time.
#include "core/simulator/websocketwriter.h"

#include <QByteArray>
#include <QByteArrayView>
#include <optional>

namespace framescope {

struct ClientFrame
{
    websocketwriter::FrameOpcode opcode = websocketwriter::FrameOpcode::Text;
    bool final = true;
    QByteArray payload; ///< unmasked
};

class ClientFrameReader
{
public:
    static constexpr quint64 payloadLimit = 64 * 1024;

    void feed(QByteArrayView bytes);
    /// The next whole frame, or nothing yet. After a violation: nothing, ever.
    [[nodiscard]] std::optional<ClientFrame> next();
    /// 0, or the close code for what the client did wrong: 1002 (protocol), 1009 (too large).
    [[nodiscard]] quint16 violation() const { return m_violation; }

private:
    std::optional<ClientFrame> refuse(quint16 code);

    QByteArray m_bytes;
    quint16 m_violation = 0;
};

} // namespace framescope
