#pragma once
/// TLS as every connection of ours uses it: peer and host name verified, TLS 1.2 or later, the system's certificate
/// authorities and, where a profile names a PEM file, those in it besides.
/// Thread: any. Errors: Io (the file cannot be read), Tls (no certificate in it).
#include "core/base/error.h"

#include <QSslConfiguration>

namespace framescope {

[[nodiscard]] Expected<QSslConfiguration> tlsConfiguration(const QString& caFile);

} // namespace framescope
