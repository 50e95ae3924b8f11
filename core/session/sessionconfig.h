#pragma once
/// Everything that starts a session: a value that the window and the command line fill in.
/// Thread: any.
#include "core/frame/redactionrules.h"
#include "core/gate/circuitbreaker.h"
#include "core/gate/sizegate.h"
#include "core/genesys/notificationconfig.h"
#include "core/replay/replaystate.h"
#include "core/store/sessionfile.h"
#include "core/stream/directstreamconfig.h"

#include <QString>
#include <optional>

namespace framescope {

struct SessionConfig
{
    DirectStreamConfig stream;
    std::optional<NotificationConfig> notifications; ///< set: Genesys Cloud notifications instead of the direct stream
    std::optional<ReplayConfig> replay;              ///< set: a session file is replayed instead; labels it REPLAY
    QString sourceName;                              ///< what people call it: the profile, "Demo - busy-hour"
    bool simulated = false;                          ///< labels everything SIMULATED
    QString sessionPath; ///< the session file to create; empty: a new one in the state directory
    QString matrixPath;  ///< empty: the built-in payload type matrix
    PayloadPolicy payloads = PayloadPolicy::Full;
    RedactionRules redaction;   ///< of PayloadPolicy::Redacted only; see core/frame/redactionrules.h
    bool maskPersonal = false;  ///< phone numbers, names, attributes, transcripts and notes, before anything keeps them
    PayloadRetention retention; ///< how much of the payloads stays in the file; none: all of them
    SizeLimits sizeLimits;
    BreakerLimits breakerLimits;
    int metricsWindow = 1000;
    quint64 frameLimit = 0; ///< stop by itself after so many frames; 0: no limit. Later frames are not taken
    QString outletName;     ///< local socket that streams frames as JSON lines; empty: none
};

/// What replays a session: as fast as @p replay says, named after its file, recorded as a new session.
[[nodiscard]] SessionConfig replaySessionConfig(const ReplayConfig& replay);
/// "live", "simulated" or "replay": as the session file and its audit log have it.
[[nodiscard]] QLatin1String sourceKindOf(const SessionConfig& config);

/// `$XDG_STATE_HOME/framescope/sessions` (0700, made on demand); a relative value of the variable is ignored, as the
/// XDG Base Directory Specification says.
[[nodiscard]] QString defaultSessionFolder();
/// `$XDG_CACHE_HOME/framescope/topic-schemas`: topic schemas as the service published them.
[[nodiscard]] QString defaultSchemaCacheFolder();

/// A new file name in that folder of sessions: "2026-11-24T201507Z-demo.framescope".
[[nodiscard]] QString newSessionPath(const QString& sourceName);
/// Loads a payload type matrix only to see whether it is right: for preferences and --matrix. Errors: with place and
/// reason.
[[nodiscard]] Expected<void> checkMatrix(const QString& path);

} // namespace framescope
