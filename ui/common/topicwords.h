#pragma once
/// Names of notification topics as people read them, and spans of time in words.
/// Thread: gui (translations); shortTopicName() any.
#include <QByteArrayView>
#include <QString>

namespace framescope {

/// "users.presence" for "v2.users.{id}.presence" and for a concrete topic of it; other names as they are. Visible text.
[[nodiscard]] QString shortTopicName(QByteArrayView topic);
/// "0 s", "41 s", "12 min 4 s", "2 h 5 min", "3 d 4 h": whole seconds, never negative.
[[nodiscard]] QString spanText(qint64 ns);
/// The same with tenths below ten seconds: "0.4 s".
[[nodiscard]] QString exactSpanText(qint64 ns);
/// "about +120 ms", "about −2.0 s": a difference of two clocks, with its sign.
[[nodiscard]] QString offsetText(qint64 ns);
/// A latency that may be negative, since it depends on two clocks: "412 ms", "−38 ms", "12.4 s".
[[nodiscard]] QString signedLatencyText(qint64 ns);

} // namespace framescope
