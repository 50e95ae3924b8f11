#include "core/audit/checkpoint.h"

#include <QFile>
#include <QtEndian>

namespace framescope {

namespace {

template <typename T>
void put(QByteArray& out, T value)
{
    std::array<char, sizeof(T)> bytes{};
    qToLittleEndian(value, bytes.data());
    out.append(bytes.data(), qsizetype(bytes.size()));
}

template <std::size_t N>
void put(QByteArray& out, const std::array<unsigned char, N>& bytes)
{
    out.append(reinterpret_cast<const char*>(bytes.data()), qsizetype(N));
}

} // namespace

QByteArray signedBytes(const Checkpoint& checkpoint, const Sha256Digest& genesis)
{
    static constexpr char tag[] = "framescope.checkpoint.v1"; // with its zero
    QByteArray out;
    out.reserve(256);
    out.append(tag, qsizetype(sizeof tag));
    put(out, genesis);
    put(out, checkpoint.number);
    put(out, quint8(checkpoint.reason));
    put(out, checkpoint.seq);
    put(out, checkpoint.head);
    put(out, checkpoint.at.wallNs);
    put(out, checkpoint.at.monoNs);
    put(out, checkpoint.boot);
    put(out, checkpoint.previous);
    put(out, checkpoint.keyId);
    return out;
}

Sha256Digest citationOf(const Checkpoint& checkpoint, const Sha256Digest& genesis)
{
    return Sha256::digest(signedBytes(checkpoint, genesis));
}

BootId currentBootId()
{
    BootId id{};
    QFile file(QStringLiteral("/proc/sys/kernel/random/boot_id"));
    if (!file.open(QIODevice::ReadOnly))
        return id;
    const QByteArray bytes = QByteArray::fromHex(file.readAll().trimmed().replace("-", ""));
    if (std::size_t(bytes.size()) == id.size())
        std::copy(bytes.begin(), bytes.end(), id.begin());
    return id;
}

} // namespace framescope
