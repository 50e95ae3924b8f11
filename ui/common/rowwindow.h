#pragma once
/// Which of the items 1 to N are a table's rows: consecutive ones, at most `limit` of them, since a view pays for every
/// row; so how many items there are costs nothing. The window moves with the newest ones, except while a person holds
/// it: then it fills up, and stays.
///
/// Thread: one (gui); a value. Its owner announces rows that leave and come, and tells it in between
/// (RowWindow::Growth).
#include <QtGlobal>

namespace framescope {

class RowWindow
{
public:
    static constexpr quint64 defaultLimit = 500'000;

    explicit RowWindow(quint64 limit = defaultLimit)
        : m_limit(limit)
    {
    }

    [[nodiscard]] quint64 hiddenOlder() const { return m_hidden; } ///< items before the first row
    [[nodiscard]] quint64 last() const { return m_last; }          ///< item of the last row
    [[nodiscard]] int rows() const { return int(m_last - m_hidden); }
    [[nodiscard]] quint64 itemOf(int row) const { return m_hidden + quint64(row) + 1; }
    [[nodiscard]] bool shows(quint64 item) const { return item > m_hidden && item <= m_last; }
    /// Row of the first item >= @p item; rows() when there is none.
    [[nodiscard]] int rowAtOrAfter(quint64 item) const
    {
        return item <= m_hidden ? 0 : item > m_last ? rows() : int(item - 1 - m_hidden);
    }
    /// It does not reach the newest item, and does not grow.
    [[nodiscard]] bool isDetached() const { return m_isDetached; }

    /// Whether rows must not leave under a person's eyes.
    void setHeld(bool held) { m_isHeld = held; }
    void attach() { m_isDetached = false; }

    /// From nothing, or where no row is to be seen meanwhile: the newest of @p items; those around @p item.
    void showNewest(quint64 items);
    void showAround(quint64 item, quint64 items);

    /// What has to happen so that the newest of @p items is shown: first `leaving` rows go at the front, then `coming`
    /// are added at the end. None of both when the window is detached, or gets so because it is held and full.
    struct Growth
    {
        quint64 leaving = 0;
        quint64 coming = 0;
        quint64 hidden = 0; ///< before the first row, in the end
    };
    [[nodiscard]] Growth growthTo(quint64 items);
    void leave(const Growth& growth);
    void come(const Growth& growth) { m_last += growth.coming; }

private:
    quint64 m_limit;
    quint64 m_hidden = 0;
    quint64 m_last = 0;
    bool m_isHeld = false;
    bool m_isDetached = false;
};

} // namespace framescope
