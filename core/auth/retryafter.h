#pragma once
/// How long a service asks to wait: the Retry-After field (RFC 9110 section 10.2.3), in seconds or as an HTTP-date in
/// any of its three forms (section 5.6.7). Thread: any; pure. Nothing when the value is neither; zero for a date that
/// has passed.
#include <QByteArrayView>
#include <chrono>
#include <optional>

namespace framescope {

/// Milliseconds since 1970, UTC, of an HTTP-date such as the Date field's. @p wallNowMs places a year of two digits.
[[nodiscard]] std::optional<qint64> parseHttpDate(QByteArrayView value, qint64 wallNowMs);
[[nodiscard]] std::optional<std::chrono::milliseconds> parseRetryAfter(QByteArrayView value, qint64 wallNowMs);

} // namespace framescope
