#include "ui/common/plaintext.h"

namespace framescope {

namespace {

/// Characters that change how others are shown, or show nothing themselves (Unicode 15, Cc and Cf).
bool isInvisible(char16_t c)
{
    if (c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x00AD || c == 0x061C || c == 0x180E || c == 0xFEFF)
        return true;
    return (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
           (c >= 0xFFF9 && c <= 0xFFFB);
}

void appendEscape(QString& out, char16_t c)
{
    switch (c) {
    case u'\n':
        out += QLatin1String("\\n");
        return;
    case u'\r':
        out += QLatin1String("\\r");
        return;
    case u'\t':
        out += QLatin1String("\\t");
        return;
    default:
        break;
    }
    out += QLatin1String("\\u");
    out += QStringLiteral("%1").arg(uint(c), 4, 16, QLatin1Char('0'));
}

} // namespace

QString visibleText(QStringView text, bool keepLines)
{
    QString out;
    out.reserve(text.size());
    for (const QChar character : text) {
        const char16_t c = character.unicode();
        if (!isInvisible(c) || (keepLines && (c == u'\n' || c == u'\t')))
            out += character;
        else
            appendEscape(out, c);
    }
    return out;
}

QString visibleLine(QByteArrayView utf8, qsizetype maximumCharacters)
{
    // A character takes at most four bytes; more than that is never looked at.
    const QByteArrayView head = utf8.first(std::min(utf8.size(), maximumCharacters * 4));
    QString text = QString::fromUtf8(head);
    const bool cut = head.size() < utf8.size() || text.size() > maximumCharacters;
    text.truncate(maximumCharacters);
    if (!text.isEmpty() && text.back().isHighSurrogate())
        text.chop(1);
    QString out = visibleText(text);
    if (cut)
        out += QChar(0x2026);
    return out;
}

QString endOfText(const QString& text, qsizetype maximumCharacters)
{
    if (text.size() <= maximumCharacters)
        return text;
    QString end = text.right(maximumCharacters);
    if (!end.isEmpty() && end.front().isLowSurrogate())
        end.remove(0, 1);
    return QChar(0x2026) + end;
}

QString hexLine(QByteArrayView bytes, qsizetype maximumBytes)
{
    const QByteArrayView head = bytes.first(std::min(bytes.size(), maximumBytes));
    QString out = QString::fromLatin1(head.toByteArray().toHex(' '));
    if (head.size() < bytes.size())
        out += QStringLiteral(" …");
    return out;
}

} // namespace framescope
