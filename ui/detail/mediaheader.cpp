#include "ui/detail/mediaheader.h"

#include "ui/common/numbers.h"
#include "ui/common/plaintext.h"

#include <QCoreApplication>
#include <QtEndian>

namespace framescope {

namespace {

constexpr qsizetype headerBytes = 48;

QString mediaText(const char* text)
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
        return mediaText("unknown (%1)").arg(codec);
    }
}

QString sampleText(QByteArrayView payload)
{
    const qsizetype sampleBytes = (byteAt(payload, 5) == 1 ? 2 : 1) * qsizetype(byteAt(payload, 6));
    if (sampleBytes == 0 || byteAt(payload, 5) > 1)
        return mediaText("unknown");
    const qsizetype media = payload.size() - headerBytes;
    const QString whole = countText(quint64(media / sampleBytes));
    return media % sampleBytes == 0 ? whole : mediaText("%1 and %2 bytes over").arg(whole).arg(media % sampleBytes);
}

} // namespace

std::vector<DecodedRow> mediaRows(QByteArrayView payload)
{
    const QString bytes = mediaText("bytes");
    if (payload.size() < headerBytes || !payload.startsWith(QByteArrayView("TMED")))
        return {{mediaText("payload"), countText(quint64(payload.size())), bytes},
                {mediaText("first bytes"), hexLine(payload, 16), mediaText("hex")}};
    return {{mediaText("magic"), visibleLine(payload.first(4), 4), mediaText("text")},
            {mediaText("version"), QString::number(byteAt(payload, 4)), QStringLiteral("u8")},
            {mediaText("codec"), codecText(byteAt(payload, 5)), QStringLiteral("u8")},
            {mediaText("channels"), QString::number(byteAt(payload, 6)), QStringLiteral("u8")},
            {mediaText("flags"), QString::number(byteAt(payload, 7)), QStringLiteral("u8")},
            {mediaText("sequence"), countText(numberAt(payload, 8)), QStringLiteral("u32")},
            {mediaText("position"), countText(numberAt(payload, 12)), mediaText("u32 · samples")},
            {mediaText("declared digest"), QString::fromLatin1(payload.sliced(16, 32).toByteArray().toHex()),
             QStringLiteral("SHA-256")},
            {mediaText("media"), countText(quint64(payload.size() - headerBytes)), bytes},
            {mediaText("samples per channel"), sampleText(payload), mediaText("samples")}};
}

} // namespace framescope
