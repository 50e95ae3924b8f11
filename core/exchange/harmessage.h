#pragma once
/// One message of a HAR's `_webSocketMessages`, as Chrome's DevTools write it or as we do (harexport.h). Room-private;
/// harcapture.h is the door.
///
/// Thread: one at a time. Errors: Parse with the place; a message of another kind than text or binary is none.
#include "core/exchange/jsonstream.h"
#include "core/frame/frame.h"

namespace framescope {

struct HarMessage
{
    /// Ours: as it was recorded. Of another program: arrival (UTC), direction, opcode, size and payload only.
    Frame frame;
    bool isFrame = false;    ///< false: an error, a ping or another thing that no session holds
    bool isOurs = false;     ///< with the facts that we write
    bool isReadable = true;  ///< false: its data are no base64
    bool isComplete = false; ///< the payload is there, every byte
};

/// The object whose beginning was just read. Payloads longer than @p payloadLimit are cut and said to be incomplete;
/// with a limit of 0 they are not decoded.
[[nodiscard]] Expected<HarMessage> readHarMessage(JsonStream& json, qsizetype payloadLimit);

/// Calls @p member with the name of each member of the object whose beginning was just read; it has to read the value.
[[nodiscard]] Expected<void> forEachMember(JsonStream& json,
                                           const std::function<Expected<void>(const QByteArray& name)>& member);
/// The next value when it is a text, a whole number of 64 bits; null or 0 when it is something else.
[[nodiscard]] Expected<QByteArray> textValue(JsonStream& json);
[[nodiscard]] Expected<qint64> integerValue(JsonStream& json);
/// Later times than this (2096) are none: sums and differences of two of them fit 64 bits.
inline constexpr qint64 latestNs = 4'000'000'000'000'000'000;
/// What a file states as a time or a clock's count; 0 when it can be none.
[[nodiscard]] constexpr qint64 plausibleNs(qint64 ns)
{
    return ns >= 0 && ns <= latestNs ? ns : 0;
}
/// Nanoseconds of a decimal number of seconds, exactly; nothing when it is no time from 1970 to latestNs.
[[nodiscard]] std::optional<qint64> nsOfSeconds(const QByteArray& number);

} // namespace framescope
