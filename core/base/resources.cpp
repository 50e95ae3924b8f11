#include "core/base/resources.h"

#include <QFile>

// Q_INIT_RESOURCE must stand outside any namespace.
static void initResourcesGlobal()
{
    Q_INIT_RESOURCE(resources);
}

namespace framescope {

void initResources()
{
    static const bool done = [] {
        initResourcesGlobal();
        return true;
    }();
    Q_UNUSED(done)
}

QByteArray resource(const QString& name)
{
    initResources();
    QFile file(QStringLiteral(":/framescope/") + name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace framescope
