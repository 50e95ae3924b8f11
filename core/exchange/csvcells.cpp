#include "core/exchange/csvcells.h"

#include <algorithm>
#include <array>

namespace framescope {

namespace {

bool startsWithAny(QByteArrayView text, std::span<const QByteArrayView> prefixes)
{
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](QByteArrayView prefix) { return text.startsWith(prefix); });
}

/// UTF-8: = + - @ TAB CR LF, and the full-width forms of the first four (U+FF1D, U+FF0B, U+FF0D, U+FF20).
bool beginsFormula(QByteArrayView part, bool isFirst)
{
    static constexpr std::array<QByteArrayView, 2> spaces = {" ", "\xc2\xa0"};
    static constexpr std::array<QByteArrayView, 11> triggers = {
        "=", "+", "-", "@", "\t", "\r", "\n", "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0"};
    // A part that becomes a cell of its own may begin with a quote: then the cell begins after it.
    while (startsWithAny(part, spaces) || (!isFirst && part.startsWith('"')))
        part = part.sliced(part.startsWith('\xc2') ? 2 : 1);
    return startsWithAny(part, triggers);
}

/// Calls @p each with every part of @p text, its end included, and whether it is the first.
template <typename Each>
void forEachPart(QByteArrayView text, const Each& each)
{
    const auto isEnd = [](char c) { return c == '\n' || c == '\r' || c == '\t' || c == ';'; };
    for (bool isFirst = true; !text.isEmpty(); isFirst = false) {
        qsizetype end = std::find_if(text.begin(), text.end(), isEnd) - text.begin();
        if (end < text.size())
            end += text[end] == '\r' && end + 1 < text.size() && text[end + 1] == '\n' ? 2 : 1;
        each(text.first(end), isFirst);
        text = text.sliced(end);
    }
}

} // namespace

QByteArray guardedCell(QByteArrayView utf8)
{
    bool needed = false;
    forEachPart(utf8,
                [&needed](QByteArrayView part, bool isFirst) { needed = needed || beginsFormula(part, isFirst); });
    if (!needed)
        return {};
    QByteArray guarded;
    guarded.reserve(utf8.size() + 8);
    forEachPart(utf8, [&guarded](QByteArrayView part, bool isFirst) {
        if (part.startsWith('\'') || beginsFormula(part, isFirst))
            guarded += '\'';
        guarded += part;
    });
    return guarded;
}

void CsvRow::startCell()
{
    if (m_ended) {
        m_line.clear(); // keeps its memory
        m_guarded.clear();
        m_ended = false;
    }
    Q_ASSERT(m_column < m_columns.size());
    if (m_column++ > 0)
        m_line += ',';
}

void CsvRow::plain(QByteArrayView ascii)
{
    startCell();
    m_line += ascii;
}

void CsvRow::quoted(QByteArrayView utf8)
{
    // Semicolons and TABs too: LibreOffice proposes to split at them as well.
    const auto isSpecial = [](char c) {
        return c == '"' || c == ',' || c == '\r' || c == '\n' || c == ';' || c == '\t';
    };
    const bool needed = std::any_of(utf8.begin(), utf8.end(), isSpecial) || utf8.startsWith(' ') || utf8.endsWith(' ');
    if (!needed) {
        m_line += utf8;
        return;
    }
    m_line += '"';
    for (const char c : utf8) {
        if (c == '"')
            m_line += '"';
        m_line += c;
    }
    m_line += '"';
}

void CsvRow::text(QByteArrayView utf8)
{
    const QByteArray guarded = m_rawCells ? QByteArray() : guardedCell(utf8);
    startCell();
    if (guarded.isNull()) {
        quoted(utf8);
        return;
    }
    quoted(guarded);
    if (!m_guarded.isEmpty())
        m_guarded += ';';
    m_guarded += m_columns[m_column - 1];
}

void CsvRow::guarded()
{
    startCell();
    m_line += m_guarded;
}

const QByteArray& CsvRow::end()
{
    if (m_column + 1 == m_columns.size())
        guarded();
    Q_ASSERT(m_column == m_columns.size());
    m_line += "\r\n";
    m_column = 0;
    m_ended = true;
    return m_line;
}

QByteArray CsvRow::header(std::span<const char* const> columns)
{
    QByteArray line;
    for (const char* column : columns) {
        if (!line.isEmpty())
            line += ',';
        line += column;
    }
    return line + "\r\n";
}

} // namespace framescope
