#include "core/base/processstats.h"

#include <QFile>

namespace framescope {

namespace {
qint64 statusField(const char* name)
{
    QFile file(QStringLiteral("/proc/self/status"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    const QByteArray text = file.readAll(); // procfs reports size 0; readAll reads to the end all the same
    const qsizetype at = text.indexOf(name);
    if (at < 0)
        return 0;
    const QByteArray line = text.mid(at, text.indexOf('\n', at) - at);
    const QByteArray digits = line.mid(line.indexOf(':') + 1).trimmed().split(' ').value(0);
    return digits.toLongLong() * 1024;
}
} // namespace

qint64 peakResidentBytes()
{
    return statusField("VmHWM");
}

qint64 residentBytes()
{
    return statusField("VmRSS");
}

} // namespace framescope
