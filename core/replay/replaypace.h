#pragma once
/// When what was recorded is due again: the position on the session's own time axis moves with the clock times the
/// speed, stands still in a pause, and jumps ahead where a replay goes as fast as it can.
///
/// Pure: it is told the time. Unit: ns of the monotonic clock. Thread: any, one at a time.
#include <QtGlobal>

namespace framescope {

class ReplayPace
{
public:
    static constexpr double slowest = 0.1;
    static constexpr double fastest = 100;
    static constexpr double unpaced = 0; ///< as fast as possible

    /// 0.1 to 100, or unpaced.
    [[nodiscard]] static bool isSpeed(double speed);

    explicit ReplayPace(double speed);

    [[nodiscard]] double speed() const { return m_speed; }
    [[nodiscard]] bool isPaused() const { return m_isPaused; }
    /// From here on; the position stays.
    void setSpeed(double speed, qint64 nowNs);
    void setPaused(bool paused, qint64 nowNs);

    /// How long it is until the entry of @p recordedNs is due, 0 when it is; not asked in a pause. The first call
    /// sets the beginning.
    [[nodiscard]] qint64 waitNs(qint64 recordedNs, qint64 nowNs);
    /// The entry of @p recordedNs was delivered ahead of its time (unpaced, a step): the position goes there.
    void jumpTo(qint64 recordedNs, qint64 nowNs);

private:
    void begin(qint64 recordedNs, qint64 nowNs);
    [[nodiscard]] double position(qint64 nowNs) const;

    double m_speed;
    bool m_isPaused = false;
    bool m_hasBegun = false;
    qint64 m_anchorNs = 0; ///< of the clock
    double m_anchorAt = 0; ///< the position then, from m_originNs
    qint64 m_originNs = 0; ///< of the session
};

} // namespace framescope
