#pragma once
/// UTF-8 at the edge of the decoder (RFC 3629): UTF-16 into the batch's own memory, and the place of a bad byte.
/// Thread: any; pure functions.
#include "core/frame/finding.h"

#include <QByteArrayView>
#include <QStringView>
#include <cstddef>
#include <vector>

namespace framescope {

/// Appends @p text as UTF-8 and returns the number of bytes. @p room more bytes are reserved behind it. Half a
/// surrogate pair, which no WebSocket text can hold, becomes U+FFFD.
std::size_t appendUtf8(QStringView text, std::size_t room, std::vector<char>& bytes);

/// The first bytes that are not UTF-8; null when all are.
[[nodiscard]] ByteRange firstInvalidUtf8(QByteArrayView bytes);

} // namespace framescope
