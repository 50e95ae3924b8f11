#pragma once
/// How the columns of a block lie in its blobs: what writer and reader share. Room-private; README.md beside this file
/// describes the bytes. Thread: any.
#include "core/frame/frame.h"

#include <QtEndian>

namespace framescope {

inline constexpr std::size_t headsPrefixBytes = 16; // first frame number, first sequence number
// Column widths in order; see forEachPlainColumn.
inline constexpr std::size_t headBytes1 = 8 + 8 + 8 + 4 + 4 + 4 * 4 + 2 + 2 + 2 + 2 + 1 + 1 + 1 + 1 + 1; // format 1
inline constexpr std::size_t headBytes = headBytes1 + 8; // and event times
inline constexpr std::size_t findingFixedBytes = 4 + 2 + 1 + 4 + 4 + 4 * 4;

/// Writes columns of little-endian integers one after another.
class ColumnWriter
{
public:
    explicit ColumnWriter(char* at)
        : m_at(at)
    {
    }

    template <typename T>
    void put(T value)
    {
        qToLittleEndian(value, m_at);
        m_at += sizeof(T);
    }

private:
    char* m_at;
};

class ColumnReader
{
public:
    explicit ColumnReader(const char* at)
        : m_at(at)
    {
    }

    template <typename T>
    T take()
    {
        const T value = qFromLittleEndian<T>(m_at);
        m_at += sizeof(T);
        return value;
    }

private:
    const char* m_at;
};

/// The columns of a head in file order, for writing and for reading alike: @p column is called with a member (or one of
/// the enums' bytes) for every head before the next column starts.
template <typename Heads, typename Column>
void forEachPlainColumn(Heads& heads, const Column& column)
{
    column(
        heads, [](auto& head) -> auto& { return head.sizeBytes; });
    column(
        heads, [](auto& head) -> auto& { return head.payloadBytes; });
    column(
        heads, [](auto& head) -> auto& { return head.parseNs; });
    column(
        heads, [](auto& head) -> auto& { return head.id.offset; });
    column(
        heads, [](auto& head) -> auto& { return head.id.length; });
    column(
        heads, [](auto& head) -> auto& { return head.subject.offset; });
    column(
        heads, [](auto& head) -> auto& { return head.subject.length; });
    column(
        heads, [](auto& head) -> auto& { return head.type; });
    column(
        heads, [](auto& head) -> auto& { return head.findingCount; });
    column(
        heads, [](auto& head) -> auto& { return head.connection; });
    column(
        heads, [](auto& head) -> auto& { return head.attempt; });
    column(
        heads, [](auto& head) -> auto& { return head.opcode; });
    column(
        heads, [](auto& head) -> auto& { return head.direction; });
    column(
        heads, [](auto& head) -> auto& { return head.verdict; });
    column(
        heads, [](auto& head) -> auto& { return head.checksum; });
    column(
        heads, [](auto& head) -> auto& { return head.flags; });
}

/// Of the payloads of text frames.
inline std::size_t textBytesOf(const std::vector<FrameHead>& heads)
{
    std::size_t bytes = 0;
    for (const FrameHead& head : heads)
        bytes += head.opcode == Opcode::Text ? head.payloadBytes : 0;
    return bytes;
}

} // namespace framescope
