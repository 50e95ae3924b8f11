#pragma once
/// Which frames a filtered table shows: their numbers, ascending. A few bytes a row, capped; when it is full the oldest
/// go, and isCapped() says so. Thread: one (gui).
#include <QList>
#include <deque>

namespace framescope {

class FrameRowMap
{
public:
    static constexpr std::size_t defaultCapacity = 500'000;

    explicit FrameRowMap(std::size_t capacity = defaultCapacity)
        : m_capacity(capacity)
    {
    }

    void clear();
    [[nodiscard]] std::size_t size() const { return m_numbers.size(); }
    [[nodiscard]] quint64 at(std::size_t row) const { return m_numbers[row]; }
    /// Row of the first number >= @p number; size() when there is none.
    [[nodiscard]] std::size_t rowAtOrAfter(quint64 number) const;
    /// How many of the oldest rows must go so that @p more fit (an eighth at a time, so that it is rarely done).
    [[nodiscard]] std::size_t surplusFor(std::size_t more) const;
    void removeOldest(std::size_t rows);
    /// Of @p numbers (ascending, none of them inside the map), those that the capacity leaves room for when they are
    /// older than all others: the newest of them.
    [[nodiscard]] QList<quint64> fitting(const QList<quint64>& numbers) const;
    /// Of @p numbers, the newest that an empty map could hold.
    [[nodiscard]] QList<quint64> atMostAll(const QList<quint64>& numbers) const;
    /// Inserts at @p row, which is rowAtOrAfter(numbers.first()).
    void insert(std::size_t row, const QList<quint64>& numbers);
    [[nodiscard]] bool isCapped() const { return m_capped; }
    void setCapped() { m_capped = true; }

private:
    std::size_t m_capacity;
    std::deque<quint64> m_numbers;
    bool m_capped = false;
};

} // namespace framescope
