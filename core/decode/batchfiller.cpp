#include "core/decode/batchfiller.h"

#include "core/decode/jsonreader.h"
#include "core/decode/utf8.h"

#include <limits>

namespace framescope::batchfiller {

namespace {

constexpr std::size_t waitingKeepsBytes = 4 * 1024 * 1024;

FrameHead& appendHead(const RawFrame& frame, quint64 sizeBytes, quint64 number, quint8 flags, FrameBatch& batch)
{
    FrameHead& head = batch.heads.emplace_back();
    head.number = number;
    head.monoNs = frame.arrival.monoNs;
    head.wallNs = frame.arrival.wallNs;
    head.sizeBytes = sizeBytes;
    head.connection = frame.connection;
    head.attempt = frame.attempt;
    head.opcode = frame.opcode;
    head.direction = frame.direction;
    head.flags = flags;
    return head;
}

std::size_t appendBytes(QByteArrayView message, std::vector<char>& bytes)
{
    // With room for the parser's padding, so that the last message of a batch need not move all of it. Not by resize()
    // and a copy: megabytes would be written twice.
    const std::size_t needed = bytes.size() + std::size_t(message.size()) + JsonReader::padding;
    if (needed > bytes.capacity())
        bytes.reserve(std::max(needed, bytes.capacity() * 2));
    bytes.insert(bytes.end(), message.begin(), message.end());
    return std::size_t(message.size());
}

} // namespace

quint64 mostBytes(const RawFrame& frame)
{
    constexpr quint64 mostOfUnit = 3; // a UTF-16 unit is never more bytes of UTF-8
    return frame.isUtf16() ? quint64(frame.text.size()) * mostOfUnit : quint64(frame.bytes.size());
}

bool fitsBatch(quint64 bytes, quint64 heldBytes)
{
    return heldBytes + bytes + JsonReader::padding <= std::numeric_limits<quint32>::max();
}

void reserve(std::size_t messages, std::size_t bytes, FrameBatch& batch)
{
    batch.heads.reserve(messages);
    batch.payload.reserve(bytes + JsonReader::padding);
}

quint64 append(const RawFrame& frame, quint64 number, quint8 flags, FrameBatch& batch)
{
    return append(frame, number, flags, batch, batch.payload);
}

quint64 append(const RawFrame& frame, quint64 number, quint8 flags, FrameBatch& batch, std::vector<char>& binary)
{
    std::vector<char>& payloads = frame.opcode == Opcode::Binary ? binary : batch.payload;
    const std::size_t offset = payloads.size();
    const std::size_t size =
        frame.isUtf16() ? appendUtf8(frame.text, JsonReader::padding, payloads) : appendBytes(frame.bytes, payloads);
    FrameHead& head = appendHead(frame, size, number, flags, batch);
    head.payloadOffset = quint32(offset);
    head.payloadBytes = quint32(size);
    return size;
}

void appendWithoutPayload(const RawFrame& frame, quint64 sizeBytes, quint64 number, quint8 flags, FrameBatch& batch)
{
    appendHead(frame, sizeBytes, number, flags, batch).payloadOffset = quint32(batch.payload.size());
}

void joinBinary(std::vector<char>& binary, FrameBatch& batch)
{
    if (binary.empty())
        return;
    const quint32 textBytes = quint32(batch.payload.size());
    for (FrameHead& head : batch.heads)
        head.payloadOffset += head.opcode == Opcode::Binary && head.payloadBytes > 0 ? textBytes : 0;
    if (batch.payload.empty())
        std::swap(batch.payload, binary);
    else
        appendBytes(QByteArrayView(binary.data(), qsizetype(binary.size())), batch.payload);
    binary.clear();
    if (binary.capacity() > waitingKeepsBytes) // one huge message must not keep its memory
        binary.shrink_to_fit();
}

} // namespace framescope::batchfiller
