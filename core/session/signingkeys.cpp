#include "core/session/signingkeys.h"

#include "core/auth/keychain.h"
#include "core/base/basefolder.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTimer>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace framescope {

namespace {

constexpr std::chrono::seconds keyringPatience{10};
constexpr qint64 largestKeyFile = 16 * 1024;
const QString keyringEntry = QStringLiteral("audit-signing-key");

QString configFolder()
{
    return baseFolder("XDG_CONFIG_HOME", QStringLiteral("/.config")) + QStringLiteral("/framescope");
}

void makeFolder(const QString& folder)
{
    QDir().mkpath(QFileInfo(folder).absolutePath());
    mkdir(QFile::encodeName(folder).constData(), 0700);
}

/// Whole or not at all, and never over a file that is there, when @p isFirst.
Expected<void> writeFile(const QString& path, const QByteArray& bytes, mode_t rights, bool isFirst)
{
    makeFolder(QFileInfo(path).absolutePath());
    const QByteArray final = QFile::encodeName(path);
    // A name of this call's own: when two threads make the first key at once, neither writes into what the other links.
    QByteArray beside = final + ".new.XXXXXX";
    const int descriptor = mkostemp(beside.data(), O_CLOEXEC);
    if (descriptor < 0)
        return failure(ErrorCode::Io, qt_error_string(errno), path);
    (void)fchmod(descriptor, rights); // was made for its owner only
    const bool isWritten =
        ::write(descriptor, bytes.constData(), std::size_t(bytes.size())) == bytes.size() && fsync(descriptor) == 0;
    ::close(descriptor);
    const int moved = !isWritten ? -1
                      : isFirst  ? link(beside.constData(), final.constData())
                                 : rename(beside.constData(), final.constData());
    const int reason = errno;
    unlink(beside.constData());
    if (moved != 0 && !(isFirst && reason == EEXIST))
        return failure(ErrorCode::Io, qt_error_string(reason), path);
    return {};
}

/// The public half lies in a file for whoever verifies; without it everything else works.
HeldKey held(SigningKey key, const QString& place)
{
    const QByteArray pem = key.publicKey().pem();
    QFile known(publicKeyFile());
    if (!known.open(QIODevice::ReadOnly) || known.read(largestKeyFile) != pem)
        (void)writeFile(publicKeyFile(), pem, 0644, false);
    return {std::make_shared<const SigningKey>(std::move(key)), place};
}

/// One question to the keyring; answers once, from the keyring or, when that takes too long or fails, from the file.
class KeyringQuestion : public QObject
{
public:
    KeyringQuestion(QObject* context, std::function<void(Expected<HeldKey>)> reply)
        : QObject(context)
        , m_reply(std::move(reply))
    {
        QTimer::singleShot(keyringPatience, this, [this] { answer(signingKeyFromFile()); });
        keychain::read(keyringEntry, this, [this](const Expected<Secret>& seed) {
            if (seed)
                answerWith(SigningKey::fromSeed(*seed));
            else if (seed.error().code == ErrorCode::NotFound)
                make();
            else
                answer(signingKeyFromFile());
        });
    }

private:
    void make()
    {
        auto key = SigningKey::generate();
        if (!key)
            return answer(tl::unexpected(key.error()));
        keychain::write(keyringEntry, key->seed(), this, [this, key](const Expected<void>& written) {
            if (written)
                answerWith(key);
            else
                answer(signingKeyFromFile());
        });
    }
    void answerWith(const Expected<SigningKey>& key)
    {
        if (key)
            answer(held(*key, keychain::backendName()));
        else
            answer(signingKeyFromFile());
    }
    void answer(const Expected<HeldKey>& key)
    {
        if (const auto reply = std::exchange(m_reply, nullptr)) {
            reply(key);
            deleteLater();
        }
    }

    std::function<void(Expected<HeldKey>)> m_reply;
};

} // namespace

QString signingKeyFile()
{
    return configFolder() + QStringLiteral("/signing-key.pem");
}

QString publicKeyFile()
{
    return configFolder() + QStringLiteral("/signing-key.pub.pem");
}

QString defaultAnchorFolder()
{
    return baseFolder("XDG_STATE_HOME", QStringLiteral("/.local/state")) + QStringLiteral("/framescope/anchors");
}

std::optional<PublicKey> ownPublicKey()
{
    QFile file(publicKeyFile());
    if (!file.open(QIODevice::ReadOnly))
        return std::nullopt;
    auto key = PublicKey::fromPem(file.read(largestKeyFile));
    return key ? std::optional(*key) : std::nullopt;
}

std::vector<PublicKey> ownPublicKeys()
{
    std::vector<PublicKey> keys;
    if (const auto known = ownPublicKey())
        keys.push_back(*known);
    if (QFile file(signingKeyFile()); file.open(QIODevice::ReadOnly)) {
        if (const auto key = SigningKey::fromPem(Secret(file.read(largestKeyFile))))
            keys.push_back(key->publicKey());
    }
    return keys;
}

Expected<HeldKey> signingKeyFromFile()
{
    const QString path = signingKeyFile();
    if (!QFileInfo::exists(path)) {
        const auto made = SigningKey::generate();
        if (!made)
            return tl::unexpected(made.error());
        // Another process may have been faster: then its key is read below.
        if (auto written = writeFile(path, made->pem().reveal(), 0600, true); !written)
            return tl::unexpected(written.error());
    }
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return failure(ErrorCode::Io, file.errorString(), path);
    auto key = SigningKey::fromPem(Secret(file.read(largestKeyFile)));
    if (!key)
        return failure(key.error().code, key.error().detail, path);
    return held(std::move(*key), path);
}

void obtainSigningKey(QObject* context, std::function<void(Expected<HeldKey>)> reply)
{
    if (keychain::backendName().isEmpty())
        reply(signingKeyFromFile());
    else
        new KeyringQuestion(context, std::move(reply)); // answers once, then deletes itself
}

} // namespace framescope
