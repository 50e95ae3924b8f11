#pragma once
/// The bytes of one run of a fuzz target, taken apart: numbers from the front, then parts between record separators
/// (0x1E), so that a corpus file stays readable and a mutation of one part does not move the others.
#include <QByteArrayView>
#include <QtEndian>
#include <cstdio>
#include <cstdlib>

namespace framescope::fuzz {

/// A promise of the code under test. One that is broken ends the run, and libFuzzer keeps the input.
inline void require(bool holds, const char* promise)
{
    if (holds)
        return;
    std::fprintf(stderr, "Broken promise: %s\n", promise);
    std::abort();
}

class FuzzInput
{
public:
    static constexpr char separator = '\x1e';

    FuzzInput(const quint8* bytes, std::size_t size)
        : m_rest(reinterpret_cast<const char*>(bytes), qsizetype(size))
    {
    }

    [[nodiscard]] bool isEmpty() const { return m_rest.isEmpty(); }
    /// Little endian; what is missing at the end is 0.
    template <typename T>
    T take()
    {
        T value = 0;
        const qsizetype size = std::min(m_rest.size(), qsizetype(sizeof(T)));
        for (qsizetype i = 0; i < size; ++i)
            value = T(value | T(T(quint8(m_rest[i])) << (8 * i)));
        m_rest = m_rest.sliced(size);
        return value;
    }
    /// Up to the next separator, which is passed over.
    QByteArrayView part()
    {
        const qsizetype end = m_rest.indexOf(separator);
        const QByteArrayView found = end < 0 ? m_rest : m_rest.first(end);
        m_rest = end < 0 ? m_rest.last(0) : m_rest.sliced(end + 1);
        return found;
    }
    /// At most @p size bytes.
    QByteArrayView bytes(qsizetype size)
    {
        const QByteArrayView found = m_rest.first(std::min(size, m_rest.size()));
        m_rest = m_rest.sliced(found.size());
        return found;
    }
    [[nodiscard]] QByteArrayView rest() const { return m_rest; }

private:
    QByteArrayView m_rest;
};

} // namespace framescope::fuzz
