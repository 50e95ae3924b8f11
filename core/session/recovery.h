#pragma once
/// What a person can do with sessions that were interrupted: look for them, open one or a copy of it, or discard it.
///
/// Everything is done in the background; replies come on the application thread while their context lives. Thread: gui
/// or main.
#include "core/store/interruptedsessions.h"

#include <functional>
#include <optional>

class QObject;

namespace framescope::recovery {

using FoundReply = std::function<void(const std::vector<InterruptedSession>&)>;
void find(const QString& folder, QObject* context, FoundReply reply);

struct Recovered
{
    QString path;                    ///< what can be opened now
    std::optional<Error> auditError; ///< its audit log could not take the event
};
using RecoveredReply = std::function<void(const Expected<Recovered>&)>;
/// Makes one file of it and notes that in its audit log. @p asCopy: of a copy; the original stays as it was found.
void open(const InterruptedSession& session, bool asCopy, QObject* context, const RecoveredReply& reply);

/// To the trash.
void discard(const QString& path, QObject* context, std::function<void(const Expected<void>&)> reply);

} // namespace framescope::recovery
