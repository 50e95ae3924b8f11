#pragma once
/// Keeps the service's list of topics with their schemas on disk, by host and version, so that a session without it (no
/// network yet, no permission) is still judged by what the service published last.
///
/// Files: "<host>-<version>.json" (0600) in one folder; the newest five of a host stay. What they hold is public
/// reference text, no secret. Thread: any; short file calls. Errors: Io, for a log; a cache that fails is no failure.
#include "core/base/error.h"

#include <QByteArray>

namespace framescope {

class SchemaCache
{
public:
    static constexpr qint64 sizeLimit = 16 * 1024 * 1024;

    /// @p folder empty: keeps nothing and finds nothing.
    SchemaCache(QString folder, const QString& host);

    /// The newest one; empty when there is none, or when it is too large or no file of ours.
    [[nodiscard]] QByteArray newest() const;
    [[nodiscard]] Expected<void> keep(const QByteArray& json);

    /// First 16 hexadecimal digits of the SHA-256 of the list as it was received.
    [[nodiscard]] static QByteArray versionOf(const QByteArray& json);

private:
    QString m_folder;
    QString m_prefix; ///< of the host's files
};

} // namespace framescope
