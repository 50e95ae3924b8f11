#include "core/frame/framesource.h"

namespace framescope {

bool FrameIntake::publishTopics(const QByteArray& /*availableTopicsJson*/, const QString& /*origin*/)
{
    return false;
}

QLatin1String sourcePhaseName(SourcePhase phase)
{
    switch (phase) {
    case SourcePhase::Idle:
        return QLatin1String("idle");
    case SourcePhase::SigningIn:
        return QLatin1String("signing-in");
    case SourcePhase::Connecting:
        return QLatin1String("connecting");
    case SourcePhase::Connected:
        return QLatin1String("connected");
    case SourcePhase::Waiting:
        return QLatin1String("waiting");
    case SourcePhase::Suspended:
        return QLatin1String("suspended");
    case SourcePhase::Stopped:
        return QLatin1String("stopped");
    case SourcePhase::Failed:
        return QLatin1String("failed");
    }
    return QLatin1String("unknown");
}

} // namespace framescope
