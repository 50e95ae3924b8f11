#pragma once
/// The fields of a telephony.media frame as rows to show: a 48-byte header ("TMED", version, codec, channels, flags,
/// sequence, position, SHA-256 of the media), then samples. The decoder judges them; this only names them. Thread: any;
/// a pure function.
#include <QByteArrayView>
#include <QString>
#include <vector>

namespace framescope {

struct DecodedRow
{
    QString name;
    QString value;
    QString type; ///< with its unit, where it has one
};

/// What can be named of @p payload; for bytes that are no such frame, their size only.
[[nodiscard]] std::vector<DecodedRow> mediaRows(QByteArrayView payload);

} // namespace framescope
