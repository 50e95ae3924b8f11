#include "tests/core/audit/mutations.h"

#include "tests/core/audit/forger.h"

namespace framescope::test {

int mutationKinds()
{
    return int(entryMutations().size() + fileMutations().size());
}

Mutation mutate(const HonestLogs& logs, int kind, std::mt19937& random, const QString& path)
{
    Forger forger{logs, random, path};
    const std::size_t index = std::size_t(kind);
    const std::size_t entryKinds = entryMutations().size();
    (index < entryKinds ? entryMutations()[index] : fileMutations()[index - entryKinds])(forger);
    forger.log.write(path);
    if (!forger.sql.isEmpty())
        executeOn(path, forger.sql);
    return forger.result;
}

} // namespace framescope::test
