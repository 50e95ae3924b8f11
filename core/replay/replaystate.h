#pragma once
/// What is to be replayed, and how far a replay is. Values; thread: any.
#include <QMetaType>
#include <QString>

namespace framescope {

struct ReplayConfig
{
    QString path;     ///< the session file
    double speed = 1; ///< 0.1 to 100; 0: as fast as possible
};

struct ReplayState
{
    quint64 frame = 0;         ///< the last one that was reached: its number in the original
    quint64 frames = 0;        ///< the original's last one; 0: not opened yet
    quint64 unreplayable = 0;  ///< frames that were left out, since the original has not their payload
    quint64 masked = 0;        ///< frames that were replayed as the original keeps them: masked
    qint64 recordedWallNs = 0; ///< when the last entry was recorded
    double speed = 1;
    bool isPaused = false;
    bool hasEnded = false;
};

} // namespace framescope

Q_DECLARE_METATYPE(framescope::ReplayState)
