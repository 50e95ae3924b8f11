#include "ui/detail/mediaheader.h"

#include "ui/common/numbers.h"
#include "ui/common/plaintext.h"

#include <QCoreApplication>
#include <QtEndian>

namespace framescope {

namespace {

constexpr qsizetype headerBytes = 48;

QString translated(const char* text)
{
    return QCoreApplication::translate("Media", text);
}

quint8 byteAt(QByteArrayView payload, qsizetype at)
{
    return static_cast<quint8>(payload[at]);
}

quint32 numberAt(QByteArrayView payload, qsizetype at)
{
    return qFromBigEndian<quint32>(payload.data() + at);
}

QString codecText(quint8 codec)
{
    switch (codec) {
    case 0:
        return QStringLiteral("PCMU (0)");
    case 1:
        return QStringLiteral("L16 (1)");
    default:
        return translated("unknown (%1)").arg(codec);
    }
}

QString sampleText(QByteArrayView payload)
{
    const qsizetype sampleBytes = (byteAt(payload, 5) == 1 ? 2 : 1) * qsizetype(byteAt(payload, 6));
    if (sampleBytes == 0 || byteAt(payload, 5) > 1)
        return translated("unknown");
    const qsizetype media = payload.size() - headerBytes;
    const QString whole = countText(quint64(media / sampleBytes));
    return media % sampleBytes == 0 ? whole : translated("%1 and %2 bytes over").arg(whole).arg(media % sampleBytes);
}

} // namespace

std::vector<DecodedRow> mediaRows(QByteArrayView payload)
{
    const QString bytes = translated("bytes");
    if (payload.size() < headerBytes || !payload.startsWith(QByteArrayView("TMED")))
        return {{translated("payload"), countText(quint64(payload.size())), bytes},
                {translated("first bytes"), hexLine(payload, 16), translated("hex")}};
    return {{translated("magic"), visibleLine(payload.first(4), 4), translated("text")},
            {translated("version"), QString::number(byteAt(payload, 4)), QStringLiteral("u8")},
            {translated("codec"), codecText(byteAt(payload, 5)), QStringLiteral("u8")},
            {translated("channels"), QString::number(byteAt(payload, 6)), QStringLiteral("u8")},
            {translated("flags"), QString::number(byteAt(payload, 7)), QStringLiteral("u8")},
            {translated("sequence"), countText(numberAt(payload, 8)), QStringLiteral("u32")},
            {translated("position"), countText(numberAt(payload, 12)), translated("u32 · samples")},
            {translated("declared digest"), QString::fromLatin1(payload.sliced(16, 32).toByteArray().toHex()),
             QStringLiteral("SHA-256")},
            {translated("media"), countText(quint64(payload.size() - headerBytes)), bytes},
            {translated("samples per channel"), sampleText(payload), translated("samples")}};
}

} // namespace framescope
