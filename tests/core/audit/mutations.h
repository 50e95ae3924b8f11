#pragma once
/// What a forger may do to a session file, one kind after another: each with the fault that a verifier must name and
/// where. Thread: the test's; the same for the same seed.
#include "core/audit/chainverifier.h"
#include "tests/core/audit/forgedsession.h"

#include <random>

namespace framescope::test {

struct Mutation
{
    QString name;
    std::vector<ChainFault> faults; ///< one of them; ChainFault::None among them: it may change nothing that is stored
    quint64 firstBadSeq = 0;
    quint64 badCheckpoint = 0;
    ChainVerifier::Expectation expectation;
    QByteArray anchor; ///< the same anchor for the other verifier: "ENTRY:HASH" or empty
    bool expectsKey = false;
};

/// Honest logs of the same shape, and the key of both.
struct HonestLogs
{
    ForgedSession log;
    ForgedSession other;
    std::optional<PublicKey> key;
};

[[nodiscard]] int mutationKinds();
/// Writes a mutation of kind @p kind of the first log to @p path.
[[nodiscard]] Mutation mutate(const HonestLogs& logs, int kind, std::mt19937& random, const QString& path);

} // namespace framescope::test
