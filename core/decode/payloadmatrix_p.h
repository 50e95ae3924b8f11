#pragma once
/// The decoder's view of the payload type matrix: one rule a type, everything compiled. For core/decode/*.cpp only.
#include "core/decode/jsonpath.h"
#include "core/decode/payloadmatrix.h"
#include "core/decode/schema.h"
#include "core/frame/frame.h"

#include <array>
#include <optional>
#include <variant>

namespace framescope {

/// A field at a fixed place of a binary message; numbers are big endian (RFC 1700, network order).
struct FieldAt
{
    qsizetype offset = 0;
    qsizetype length = 1;

    [[nodiscard]] bool fits(QByteArrayView message) const { return offset + length <= message.size(); }
    [[nodiscard]] QByteArrayView of(QByteArrayView message) const { return message.sliced(offset, length); }
    /// The unsigned number there; at most 8 bytes.
    [[nodiscard]] quint64 number(QByteArrayView message) const
    {
        quint64 value = 0;
        for (const char byte : of(message))
            value = (value << 8) | static_cast<unsigned char>(byte);
        return value;
    }
};

using DigestList = std::vector<Sha256Digest>; ///< sorted

struct ChecksumRule
{
    /// Where the expected digest stands: a JSON member (hexadecimal), a header field (32 raw bytes or 64 hexadecimal
    /// digits), or a list of digests of which one must match.
    std::variant<DigestList, CompiledPointer, FieldAt> expected;
    /// What it covers: everything from a byte on (0: the whole payload), or one JSON value.
    std::variant<qsizetype, CompiledPointer> covers;
};

struct MediaRule
{
    qsizetype headerBytes = 0;
    FieldAt codec;
    std::array<quint8, 256> bytesPerSample{}; ///< by codec number; 0: not allowed
    FieldAt channels;
    std::array<bool, 256> channelsAllowed{};
    std::optional<FieldAt> version;
    std::array<bool, 256> versionsAllowed{};
};

struct TypeRule
{
    QByteArray name;
    bool isText = true;

    std::optional<CompiledPointer> matchPointer; ///< text
    QByteArray matchEquals;
    FieldAt matchField; ///< binary
    QByteArray matchBytes;

    std::optional<Schema> schema;
    std::optional<CompiledPointer> id;
    std::variant<std::monostate, CompiledPointer, FieldAt> sequence;
    std::vector<CompiledPointer> subject; ///< the first that is there counts
    std::optional<CompiledPointer> time;  ///< text: when the event happened
    std::optional<ChecksumRule> checksum;
    std::optional<MediaRule> media;
};

struct PayloadMatrix::Private
{
    std::vector<TypeRule> types;
    std::vector<std::size_t> matchPointers; ///< index of the first text type for each distinct match pointer
    QByteArray sha256Hex;
};

} // namespace framescope
