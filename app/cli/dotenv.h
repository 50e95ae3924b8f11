#pragma once
/// Where the command line takes its credentials from: the environment or, for what is not set there, a `.env` file in
/// the working directory. Never from an argument: those can be read by every process of the machine. Thread: main.
#include "core/base/secret.h"

#include <QHash>
#include <QString>

namespace framescope::cli {

struct GenesysEnvironment
{
    QString clientId;    ///< GENESYS_CLIENT_ID
    Secret clientSecret; ///< GENESYS_CLIENT_SECRET, already known to the redactor
    QString environment; ///< GENESYS_ENV: the region's domain ("mypurecloud.de") or its AWS name ("eu-central-1")
};

[[nodiscard]] GenesysEnvironment genesysEnvironment();

/// Lines KEY=VALUE; blank lines and those that begin with # are skipped, `export ` in front is allowed, and a value may
/// stand in single or double quotes. Nothing is expanded. Only keys that begin with GENESYS_ are kept.
[[nodiscard]] QHash<QByteArray, QByteArray> parseDotEnv(const QByteArray& text);

} // namespace framescope::cli
