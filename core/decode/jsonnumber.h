#pragma once
/// Numbers that JSON's grammar allows and 64 bits do not hold (RFC 8259 section 6: readers will round them).
/// For core/decode/*.cpp only. Thread: any; pure functions over the text of one valid number.
#include <QByteArray>
#include <QByteArrayView>

namespace framescope {

/// Whether the number @p text fits neither 64 bits nor, when it is written with a fraction or exponent, a double. What
/// is too close to zero becomes 0 and fits.
[[nodiscard]] bool isOutOfRange(QByteArrayView text);
/// The nearest double as a JSON number that is no longer than @p text.
[[nodiscard]] QByteArray nearestNumber(QByteArrayView text);

} // namespace framescope
