#pragma once
/// Finds the topic schemas that a recorded session of notifications was judged by, so that its replay is judged by the
/// same: the offline copy, or one of those that the service published and that the cache still has.
///
/// Thread: any but the gui's; reads and compiles up to ten files. Errors: those of the offline copy.
#include "core/decode/topicschemas.h"

namespace framescope {

struct ReplayTopics
{
    Expected<TopicSchemas> schemas; ///< the offline copy where that version is not to be had
    QString origin;                 ///< "built-in" or "cached"
    bool isSame = false;            ///< of the version that was asked for
};

[[nodiscard]] ReplayTopics topicsOfVersion(const QByteArray& version, const QString& cacheFolder);

} // namespace framescope
