#include "core/session/sessionconfig.h"

#include "core/base/basefolder.h"
#include "core/decode/payloadmatrix.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>

namespace framescope {

SessionConfig replaySessionConfig(const ReplayConfig& replay)
{
    SessionConfig config;
    config.replay = replay;
    config.sourceName = QStringLiteral("REPLAY of ") + QFileInfo(replay.path).completeBaseName();
    return config;
}

QLatin1String sourceKindOf(const SessionConfig& config)
{
    if (config.replay)
        return QLatin1String("replay");
    return config.simulated ? QLatin1String("simulated") : QLatin1String("live");
}

QString defaultSessionFolder()
{
    return baseFolder("XDG_STATE_HOME", QStringLiteral("/.local/state")) + QStringLiteral("/framescope/sessions");
}

QString defaultSchemaCacheFolder()
{
    return baseFolder("XDG_CACHE_HOME", QStringLiteral("/.cache")) + QStringLiteral("/framescope/topic-schemas");
}

QString newSessionPath(const QString& sourceName)
{
    QString slug;
    for (const QChar c : sourceName.toLower()) {
        const bool plain =
            (c >= QLatin1Char('a') && c <= QLatin1Char('z')) || (c >= QLatin1Char('0') && c <= QLatin1Char('9'));
        if (plain)
            slug += c;
        else if (!slug.isEmpty() && !slug.endsWith(QLatin1Char('-')))
            slug += QLatin1Char('-');
    }
    slug.truncate(40);
    while (slug.endsWith(QLatin1Char('-')))
        slug.chop(1);
    const QString stem = QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyy-MM-dd'T'HHmmss'Z'")) +
                         (slug.isEmpty() ? QString() : QLatin1Char('-') + slug);
    const QDir folder(defaultSessionFolder());
    QString name = stem + QStringLiteral(".framescope");
    for (int n = 2; folder.exists(name); ++n)
        name = stem + QStringLiteral("-%1.framescope").arg(n);
    return folder.filePath(name);
}

Expected<void> checkMatrix(const QString& path)
{
    const Expected<PayloadMatrix> matrix = PayloadMatrix::fromFile(path);
    if (!matrix)
        return tl::unexpected(matrix.error());
    return {};
}

} // namespace framescope
