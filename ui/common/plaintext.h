#pragma once
/// Text from the wire, made safe to show: controls, bidirectional controls and other invisible characters become
/// visible escapes, so that a payload can neither hide nor reorder what a person reads. Thread: any.
#include <QByteArrayView>
#include <QString>

namespace framescope {

/// @p utf8 on one line, at most @p maximumCharacters of it; "…" stands for the rest.
[[nodiscard]] QString visibleLine(QByteArrayView utf8, qsizetype maximumCharacters);
/// The same for text that is already decoded. With @p keepLines, line feeds and tabs stay as they are.
[[nodiscard]] QString visibleText(QStringView text, bool keepLines = false);
/// The end of @p text, at most @p maximumCharacters of it; "…" stands for what was before.
[[nodiscard]] QString endOfText(const QString& text, qsizetype maximumCharacters);
/// The first @p maximumBytes of binary bytes as "80 7f ff".
[[nodiscard]] QString hexLine(QByteArrayView bytes, qsizetype maximumBytes);

} // namespace framescope
