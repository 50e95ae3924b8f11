#include "core/simulator/clientframereader.h"

namespace framescope {

namespace {
constexpr quint16 protocolError = 1002;
constexpr quint16 tooLarge = 1009;

bool isKnown(quint8 opcode)
{
    return opcode <= 0x2 || (opcode >= 0x8 && opcode <= 0xA);
}
} // namespace

void ClientFrameReader::feed(QByteArrayView bytes)
{
    if (m_violation == 0)
        m_bytes.append(bytes);
}

std::optional<ClientFrame> ClientFrameReader::refuse(quint16 code)
{
    m_violation = code;
    m_bytes.clear();
    return std::nullopt;
}

std::optional<ClientFrame> ClientFrameReader::next()
{
    if (m_bytes.size() < 2)
        return std::nullopt;
    const auto byteAt = [this](qsizetype i) { return quint8(m_bytes.at(i)); };
    const quint8 opcode = byteAt(0) & 0x0F;
    const bool final = (byteAt(0) & 0x80) != 0;
    const quint8 shortLength = byteAt(1) & 0x7F;
    // Section 5.2: no extension is agreed on, so reserved bits are zero; section 5.1: a client masks.
    if ((byteAt(0) & 0x70) != 0 || !isKnown(opcode) || (byteAt(1) & 0x80) == 0)
        return refuse(protocolError);
    // Section 5.5: control frames are short and whole.
    if (opcode >= 0x8 && (!final || shortLength > 125))
        return refuse(protocolError);

    const qsizetype lengthBytes = shortLength == 126 ? 2 : shortLength == 127 ? 8 : 0;
    if (m_bytes.size() < 2 + lengthBytes)
        return std::nullopt;
    quint64 length = lengthBytes == 0 ? shortLength : 0;
    for (qsizetype i = 0; i < lengthBytes; ++i)
        length = (length << 8) | byteAt(2 + i);
    if (length > payloadLimit)
        return refuse(tooLarge);

    const qsizetype maskAt = 2 + lengthBytes;
    const qsizetype payloadAt = maskAt + 4;
    if (m_bytes.size() < payloadAt + qsizetype(length))
        return std::nullopt;
    ClientFrame frame{websocketwriter::FrameOpcode(opcode), final, m_bytes.sliced(payloadAt, qsizetype(length))};
    for (qsizetype i = 0; i < frame.payload.size(); ++i)
        frame.payload[i] = char(quint8(frame.payload[i]) ^ byteAt(maskAt + i % 4));
    m_bytes.remove(0, payloadAt + qsizetype(length));
    return frame;
}

} // namespace framescope
