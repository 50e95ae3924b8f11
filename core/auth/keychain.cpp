#include "core/auth/keychain.h"

#include "core/base/redactor.h"

#include <QDBusConnection>
#include <QDBusConnectionInterface>
#include <QDBusReply>
#include <qt6keychain/keychain.h>

namespace framescope::keychain {

namespace {

const QString service = QStringLiteral("Framescope");

Error errorOf(const QKeychain::Job& job)
{
    switch (job.error()) {
    case QKeychain::EntryNotFound:
        return {ErrorCode::NotFound, QStringLiteral("The keyring holds no secret for this profile."), job.key()};
    case QKeychain::NoBackendAvailable:
    case QKeychain::NotImplemented:
        return {ErrorCode::Keychain,
                QStringLiteral("No keyring is available; the secret is kept in memory until the program ends."),
                job.key()};
    case QKeychain::AccessDenied:
    case QKeychain::AccessDeniedByUser:
        return {ErrorCode::Keychain, QStringLiteral("The keyring refused access; unlock it and try again."), job.key()};
    default:
        return {ErrorCode::Keychain,
                QStringLiteral("The keyring failed: %1").arg(redactor::redacted(job.errorString())), job.key()};
    }
}

/// The job deletes itself when it is done; @p context only decides whether somebody still listens.
void run(QKeychain::Job* job, const QString& key, QObject* context, std::function<void(const QKeychain::Job&)> done)
{
    job->setKey(key);
    job->setAutoDelete(true);
    job->setInsecureFallback(false); // never a plain file
    QObject::connect(job, &QKeychain::Job::finished, context,
                     [done = std::move(done)](QKeychain::Job* finished) { done(*finished); });
    job->start();
}

Expected<void> outcome(const QKeychain::Job& job)
{
    if (job.error() == QKeychain::NoError)
        return {};
    return tl::unexpected<Error>(errorOf(job));
}

} // namespace

void read(const QString& key, QObject* context, std::function<void(Expected<Secret>)> reply)
{
    run(new QKeychain::ReadPasswordJob(service), key, context, [reply = std::move(reply)](const QKeychain::Job& job) {
        if (job.error() != QKeychain::NoError)
            return reply(tl::unexpected<Error>(errorOf(job)));
        const Secret secret(static_cast<const QKeychain::ReadPasswordJob&>(job).binaryData());
        redactor::add(secret);
        reply(secret);
    });
}

void write(const QString& key, const Secret& secret, QObject* context, std::function<void(Expected<void>)> reply)
{
    auto* job = new QKeychain::WritePasswordJob(service);
    job->setBinaryData(secret.reveal());
    run(job, key, context, [reply = std::move(reply)](const QKeychain::Job& done) { reply(outcome(done)); });
}

void remove(const QString& key, QObject* context, std::function<void(Expected<void>)> reply)
{
    run(new QKeychain::DeletePasswordJob(service), key, context,
        [reply = std::move(reply)](const QKeychain::Job& done) {
            if (done.error() == QKeychain::EntryNotFound)
                return reply({});
            reply(outcome(done));
        });
}

QString backendName()
{
    QDBusConnectionInterface* bus = QDBusConnection::sessionBus().interface();
    if (!bus)
        return {};
    const QDBusReply<QStringList> running = bus->registeredServiceNames();
    const QDBusReply<QStringList> startable = bus->activatableServiceNames();
    const auto has = [&](const char* name) {
        return running.value().contains(QLatin1String(name)) || startable.value().contains(QLatin1String(name));
    };
    if (has("org.freedesktop.secrets"))
        return QStringLiteral("Secret Service");
    if (has("org.kde.kwalletd5") || has("org.kde.kwalletd6"))
        return QStringLiteral("KWallet");
    return {};
}

} // namespace framescope::keychain
