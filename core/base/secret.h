#pragma once
/// A secret that cannot be printed by accident: no stream operator, no QString conversion, no comparison in a log line.
///
/// Thread: any; a value type (implicitly shared bytes, wiped when the last holder lets go). The bytes come out through
/// reveal() only, so that `grep reveal` lists every place that touches one.
#include <QByteArray>
#include <QDebug>
#include <memory>

namespace framescope {

class Secret
{
public:
    Secret() = default;
    explicit Secret(QByteArray bytes);

    [[nodiscard]] bool isEmpty() const { return !m_bytes || m_bytes->isEmpty(); }
    /// The bytes themselves: for a header or a request body that is about to be sent, nothing else.
    [[nodiscard]] QByteArray reveal() const { return m_bytes ? *m_bytes : QByteArray(); }

    friend QDebug operator<<(QDebug debug, const Secret& secret) = delete;

private:
    std::shared_ptr<const QByteArray> m_bytes;
};

} // namespace framescope
