#include "core/base/basefolder.h"

#include <QDir>

namespace framescope {

QString baseFolder(const char* variable, const QString& belowHome)
{
    const QString folder = qEnvironmentVariable(variable);
    return QDir::isAbsolutePath(folder) ? folder : QDir::homePath() + belowHome;
}

} // namespace framescope
