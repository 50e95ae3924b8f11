#pragma once
/// Payload text for a plain text view, with the place of each byte range in it: pretty or as it came.
///
/// Thread: any; pure functions. Ranges that were cut off or mean nothing come back empty.
#include "core/frame/finding.h"

#include <QByteArray>
#include <QString>
#include <span>
#include <vector>

namespace framescope {

struct TextRange
{
    qsizetype begin = 0;
    qsizetype end = 0;
};

struct MarkedBytes
{
    QByteArray text;
    std::vector<TextRange> marks; ///< byte positions, parallel to the ranges given
};

struct MarkedText
{
    QString text;
    std::vector<TextRange> marks; ///< QString positions, parallel to the marks given
};

[[nodiscard]] std::vector<TextRange> textRanges(std::span<const ByteRange> ranges);
/// Adds line breaks and two spaces a level; every byte of the payload stays, white space between values excepted. Text
/// that is not JSON comes out with its own bytes too, and text
/// that would grow more than eightfold as it is.
[[nodiscard]] MarkedBytes prettyJson(QByteArrayView text, std::span<const TextRange> marks);
/// Decodes UTF-8; a byte that is not part of a character becomes \xNN, an invisible character its escape.
[[nodiscard]] MarkedText visibleUtf8(QByteArrayView text, std::span<const TextRange> marks);
/// At most @p limit bytes, never ending inside a UTF-8 character.
[[nodiscard]] QByteArrayView cutAtCharacter(QByteArrayView text, qsizetype limit);

} // namespace framescope
