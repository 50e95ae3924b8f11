#include "core/decode/batchfiller.h"

#include "core/decode/jsonreader.h"
#include "core/decode/utf8.h"

#include <limits>

namespace framescope::batchfiller {

namespace {

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

bool fitsBatch(quint64 bytes, const FrameBatch& batch)
{
    return batch.payload.size() + bytes + JsonReader::padding <= std::numeric_limits<quint32>::max();
}

void reserve(std::size_t messages, std::size_t bytes, FrameBatch& batch)
{
    batch.heads.reserve(messages);
    batch.payload.reserve(bytes + JsonReader::padding);
}

quint64 append(const RawFrame& frame, quint64 number, quint8 flags, FrameBatch& batch)
{
    const std::size_t offset = batch.payload.size();
    const std::size_t size = frame.isUtf16() ? appendUtf8(frame.text, JsonReader::padding, batch.payload)
                                             : appendBytes(frame.bytes, batch.payload);
    FrameHead& head = appendHead(frame, size, number, flags, batch);
    head.payloadOffset = quint32(offset);
    head.payloadBytes = quint32(size);
    return size;
}

void appendWithoutPayload(const RawFrame& frame, quint64 sizeBytes, quint64 number, quint8 flags, FrameBatch& batch)
{
    appendHead(frame, sizeBytes, number, flags, batch).payloadOffset = quint32(batch.payload.size());
}

} // namespace framescope::batchfiller
