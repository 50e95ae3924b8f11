#include "core/auth/tlssettings.h"

#include <QFile>
#include <QSslCertificate>

namespace framescope {

namespace {
constexpr qint64 caFileLimit = 4 * 1024 * 1024; // the system's whole bundle is about 200 KB
} // namespace

Expected<QSslConfiguration> tlsConfiguration(const QString& caFile)
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setProtocol(QSsl::TlsV1_2OrLater);
    configuration.setPeerVerifyMode(QSslSocket::VerifyPeer);
    if (caFile.isEmpty())
        return configuration;
    QFile file(caFile);
    if (!file.open(QIODevice::ReadOnly))
        return failure(ErrorCode::Io,
                       QStringLiteral("The file of certificate authorities cannot be read: %1").arg(file.errorString()),
                       caFile);
    const QList<QSslCertificate> authorities = QSslCertificate::fromData(file.read(caFileLimit), QSsl::Pem);
    if (authorities.isEmpty())
        return failure(ErrorCode::Tls, QStringLiteral("The file of certificate authorities holds no PEM certificate"),
                       caFile);
    configuration.addCaCertificates(authorities);
    return configuration;
}

} // namespace framescope
