#include "app/cli/commands.h"
#include "app/cli/recordrun.h"

namespace framescope::cli {

int runRecord(const QStringList& arguments)
{
    RecordOptions options;
    if (const std::optional<int> done = parseRecordOptions(arguments, options))
        return *done;
    return RecordRun(std::move(options)).exec();
}

} // namespace framescope::cli
