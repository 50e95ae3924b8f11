#pragma once
/// The simulator's random numbers: xoshiro256** (Blackman and Vigna, 2018), its state filled by SplitMix64 (Steele, Lea
/// and Flood, 2014). Own code, since the distributions of the standard library differ from one library to the next and
/// the same seed has to give the same bytes everywhere.
///
/// Thread: one; a value. Not for secrets.
#include <QtGlobal>

namespace framescope {

/// One step of SplitMix64. Its output is a bijection of its state, and the state visits all 2^64 values before it
/// repeats: numbers from one generator never repeat, which is what ids need.
[[nodiscard]] constexpr quint64 splitMix64(quint64& state)
{
    state += 0x9E3779B97F4A7C15ULL;
    quint64 z = state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

class Prng
{
public:
    constexpr explicit Prng(quint64 seed)
    {
        for (quint64& word : m_state)
            word = splitMix64(seed);
    }

    [[nodiscard]] constexpr quint64 next()
    {
        const quint64 result = rotatedLeft(m_state[1] * 5, 7) * 9;
        const quint64 shifted = m_state[1] << 17;
        m_state[2] ^= m_state[0];
        m_state[3] ^= m_state[1];
        m_state[1] ^= m_state[2];
        m_state[0] ^= m_state[3];
        m_state[2] ^= shifted;
        m_state[3] = rotatedLeft(m_state[3], 45);
        return result;
    }

    /// 0 .. limit-1. The bias of multiply-and-shift (under limit / 2^32) does not matter here.
    [[nodiscard]] constexpr quint32 below(quint32 limit) { return quint32(((next() >> 32) * limit) >> 32); }

    /// True in @p perMillion of a million draws.
    [[nodiscard]] constexpr bool chance(quint32 perMillion) { return below(1'000'000) < perMillion; }

private:
    static constexpr quint64 rotatedLeft(quint64 value, int bits) { return (value << bits) | (value >> (64 - bits)); }

    quint64 m_state[4] = {};
};

} // namespace framescope
