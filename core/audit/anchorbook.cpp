#include "core/audit/anchorbook.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace framescope {

namespace {

constexpr qint64 largestAnchor = 16 * 1024;
const QString suffix = QStringLiteral(".anchor");

bool isPlainName(const QByteArray& id)
{
    return !id.isEmpty() && id.size() <= 64 &&
           std::all_of(id.begin(), id.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::optional<Sha256Digest> digestOf(const QJsonValue& hex)
{
    const QByteArray bytes = QByteArray::fromHex(hex.toString().toLatin1());
    Sha256Digest digest{};
    if (std::size_t(bytes.size()) != digest.size())
        return std::nullopt;
    std::copy(bytes.begin(), bytes.end(), digest.begin());
    return digest;
}

Expected<void> ioFailure(const QString& path)
{
    return failure(ErrorCode::Io, qt_error_string(errno), path);
}

/// Numbers as text: JSON's are doubles in Qt.
QByteArray textOf(const Anchor& anchor)
{
    return QJsonDocument(QJsonObject{{QStringLiteral("session"), QString::fromLatin1(anchor.sessionId)},
                                     {QStringLiteral("seq"), QString::number(anchor.seq)},
                                     {QStringLiteral("head"), QString::fromLatin1(toHex(anchor.head))},
                                     {QStringLiteral("checkpoint"), QString::number(anchor.checkpoint)},
                                     {QStringLiteral("key_id"), QString::fromLatin1(toHex(anchor.keyId))},
                                     {QStringLiteral("wall_ns"), QString::number(anchor.wallNs)},
                                     {QStringLiteral("ended"), anchor.isEnded},
                                     {QStringLiteral("path"), anchor.sessionPath}})
               .toJson(QJsonDocument::Compact) +
           '\n';
}

} // namespace

ChainVerifier::Known knownFrom(const Anchor& anchor)
{
    return {anchor.seq, QByteArrayView(anchor.head.data(), qsizetype(anchor.head.size())).toByteArray(),
            anchor.checkpoint};
}

AnchorBook::AnchorBook(QString folder)
    : m_folder(std::move(folder))
{
}

QString AnchorBook::pathOf(const QByteArray& sessionId) const
{
    return m_folder + u'/' + QString::fromLatin1(sessionId) + suffix;
}

Expected<void> AnchorBook::write(const Anchor& anchor, bool isDurable) const
{
    if (m_folder.isEmpty() || !isPlainName(anchor.sessionId))
        return {};
    const QByteArray path = QFile::encodeName(pathOf(anchor.sessionId));
    const QByteArray beside = path + ".new";
    const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW;
    int descriptor = ::open(beside.constData(), flags, 0600);
    if (descriptor < 0 && errno == ENOENT) {
        QDir().mkpath(QFileInfo(m_folder).absolutePath());
        mkdir(QFile::encodeName(m_folder).constData(), 0700);
        descriptor = ::open(beside.constData(), flags, 0600);
    }
    if (descriptor < 0)
        return ioFailure(m_folder);
    const QByteArray text = textOf(anchor);
    bool isDone = ::write(descriptor, text.constData(), std::size_t(text.size())) == text.size();
    isDone = isDone && (!isDurable || fdatasync(descriptor) == 0);
    ::close(descriptor);
    if (!isDone || rename(beside.constData(), path.constData()) != 0)
        return ioFailure(QFile::decodeName(path));
    return {};
}

std::optional<Anchor> AnchorBook::readFile(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly) || file.size() > largestAnchor)
        return std::nullopt;
    const QJsonObject fields = QJsonDocument::fromJson(file.readAll()).object();
    const auto number = [&fields](const char* name) {
        return fields.value(QLatin1String(name)).toString().toULongLong();
    };
    const auto head = digestOf(fields.value(QLatin1String("head")));
    const auto keyId = digestOf(fields.value(QLatin1String("key_id")));
    if (!head || !keyId || number("seq") == 0)
        return std::nullopt;
    Anchor anchor;
    anchor.sessionId = fields.value(QLatin1String("session")).toString().toLatin1();
    anchor.seq = number("seq");
    anchor.head = *head;
    anchor.checkpoint = number("checkpoint");
    anchor.keyId = *keyId;
    anchor.wallNs = qint64(number("wall_ns"));
    anchor.isEnded = fields.value(QLatin1String("ended")).toBool();
    anchor.sessionPath = fields.value(QLatin1String("path")).toString();
    return anchor;
}

std::optional<Anchor> AnchorBook::read(const QByteArray& sessionId) const
{
    if (m_folder.isEmpty() || !isPlainName(sessionId))
        return std::nullopt;
    std::optional<Anchor> anchor = readFile(pathOf(sessionId));
    return anchor && anchor->sessionId == sessionId ? anchor : std::nullopt;
}

std::optional<Anchor> AnchorBook::newest() const
{
    if (m_folder.isEmpty())
        return std::nullopt;
    const QFileInfoList files = QDir(m_folder).entryInfoList({u'*' + suffix}, QDir::Files, QDir::Time);
    for (const QFileInfo& file : files) {
        if (std::optional<Anchor> anchor = readFile(file.absoluteFilePath()))
            return anchor;
    }
    return std::nullopt;
}

} // namespace framescope
