#pragma once
/// A session file taken apart into its entries, to be changed as a forger would (with everything that he can make fit
/// made to fit) and written again.
///
/// Thread: the test's. Uses the store's codec and the chain's hash, as a forger may; no key.
#include "core/audit/checkpoint.h"
#include "core/audit/entryhasher.h"

#include <QString>
#include <map>
#include <vector>

namespace framescope::test {

struct ForgedEntry
{
    bool isFrame = false;
    EventEntry event;
    Frame frame;
    int block = 0; ///< frames of one number stand in one block
    quint64 seq = 0;
    Sha256Digest hash{}; ///< as the file has it: whole for events and last frames, four bytes of it else
};

class ForgedSession
{
public:
    /// Everything of an honest file.
    [[nodiscard]] static ForgedSession read(const QString& path);
    /// Into the file at @p path, which is made; triggers are left out.
    void write(const QString& path) const;

    std::map<QByteArray, QByteArray> session; ///< all rows
    std::vector<ForgedEntry> entries;
    std::vector<Checkpoint> checkpoints;

    [[nodiscard]] Sha256Digest genesis() const; ///< as the file says it
    /// Sequence and frame numbers from 1 on without holes.
    void renumber();
    /// Makes the hashes of the entries from index @p from on fit each other.
    void chainAnew(std::size_t from, const Sha256Digest& genesis);
    [[nodiscard]] std::size_t indexOf(quint64 seq) const;
    /// Of the last checkpoint at or before @p seq; 0 before the first.
    [[nodiscard]] quint64 provenBefore(quint64 seq) const;
};

/// Statements without rows, on a file whose triggers are gone.
void executeOn(const QString& path, const QByteArray& sql);

} // namespace framescope::test
