#include "app/cli/dotenv.h"

#include "core/base/redactor.h"

#include <QFile>

namespace framescope::cli {

namespace {
constexpr qint64 sizeLimit = 64 * 1024;
}

QHash<QByteArray, QByteArray> parseDotEnv(const QByteArray& text)
{
    QHash<QByteArray, QByteArray> values;
    for (QByteArray line : text.split('\n')) {
        line = line.trimmed();
        if (line.startsWith("export "))
            line = line.mid(7).trimmed();
        const qsizetype equals = line.indexOf('=');
        if (line.startsWith('#') || equals <= 0)
            continue;
        const QByteArray key = line.left(equals).trimmed();
        QByteArray value = line.mid(equals + 1).trimmed();
        const bool quoted =
            value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front();
        if (quoted)
            value = value.sliced(1, value.size() - 2);
        if (key.startsWith("GENESYS_"))
            values.insert(key, value);
    }
    return values;
}

GenesysEnvironment genesysEnvironment()
{
    QHash<QByteArray, QByteArray> fromFile;
    QFile file(QStringLiteral(".env"));
    if (file.open(QIODevice::ReadOnly))
        fromFile = parseDotEnv(file.read(sizeLimit));
    const auto value = [&fromFile](const char* key) {
        return qEnvironmentVariableIsSet(key) ? qgetenv(key) : fromFile.value(QByteArray(key));
    };
    GenesysEnvironment found;
    found.clientId = QString::fromUtf8(value("GENESYS_CLIENT_ID"));
    found.clientSecret = Secret(value("GENESYS_CLIENT_SECRET"));
    found.environment = QString::fromUtf8(value("GENESYS_ENV"));
    redactor::add(found.clientSecret);
    return found;
}

} // namespace framescope::cli
