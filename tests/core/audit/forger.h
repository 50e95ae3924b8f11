#pragma once
/// What the kinds of mutations share: the log that is changed, chance, and what a verifier must say.
/// Thread: the test's.
#include "tests/core/audit/mutations.h"

#include <array>
#include <span>

namespace framescope::test {

using Fault = ChainFault;

struct Forger
{
    const HonestLogs& logs;
    std::mt19937& random;
    const QString path;
    ForgedSession log = logs.log;
    QByteArray sql = {}; ///< after the file was written
    Mutation result = {};

    [[nodiscard]] std::size_t below(std::size_t limit) { return random() % limit; }
    [[nodiscard]] std::size_t anyEntry(bool isFrame)
    {
        for (;;) {
            const std::size_t i = below(log.entries.size());
            if (log.entries[i].isFrame == isFrame)
                return i;
        }
    }
    [[nodiscard]] std::size_t anyEntry() { return below(log.entries.size()); }
    void flip(QByteArray& bytes)
    {
        if (bytes.isEmpty())
            bytes = "x";
        else
            bytes[qsizetype(below(std::size_t(bytes.size())))] ^= char(1 << below(7));
    }
    template <std::size_t N>
    void flip(std::array<unsigned char, N>& bytes, std::size_t within = N)
    {
        bytes[below(within)] ^= static_cast<unsigned char>(1U << below(8));
    }
    template <typename T>
    void change(T& number)
    {
        number = T(number ^ (T(1) << below(sizeof(T) * 8 - 1)));
    }
    void expect(const char* name, std::vector<Fault> faults, quint64 seq, quint64 checkpoint = 0)
    {
        result.name = QString::fromLatin1(name);
        result.faults = std::move(faults);
        result.firstBadSeq = seq;
        result.badCheckpoint = checkpoint;
    }
    void anchorAt(quint64 seq)
    {
        const Sha256Digest hash = logs.log.entries[logs.log.indexOf(seq)].hash;
        const QByteArray bytes(reinterpret_cast<const char*>(hash.data()), qsizetype(hash.size()));
        result.expectation.anchors.push_back({seq, bytes, 0});
        result.anchor = QByteArray::number(seq) + ':' + bytes.toHex();
    }
    [[nodiscard]] quint64 lastSeq() const { return logs.log.entries.back().seq; }
    /// Frames after index @p i are in a block of their own.
    void splitAfter(std::size_t i)
    {
        const int block = log.entries[i].block;
        for (std::size_t k = i + 1; k < log.entries.size() && log.entries[k].isFrame; ++k) {
            if (log.entries[k].block == block)
                log.entries[k].block = block + 1'000'000;
        }
    }
};

/// One of @p changes, at random.
template <typename T, std::size_t N>
void changeOne(Forger& f, T& what, void (*const (&changes)[N])(Forger&, T&))
{
    changes[f.below(N)](f, what);
}

template <typename E>
E nextOf(E value, int count)
{
    return E((int(value) + 1) % count);
}

using MutationKind = void (*)(Forger&);
[[nodiscard]] std::span<const MutationKind> entryMutations(); ///< entries and the order that they stand in
[[nodiscard]] std::span<const MutationKind>
fileMutations(); ///< checkpoints, the chain as a whole, columns, the session

} // namespace framescope::test
