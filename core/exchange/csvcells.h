#pragma once
/// One CSV row: RFC 4180 (comma, CRLF, quotes doubled), UTF-8, and the formula guard of text cells.
///
/// The guard: a spreadsheet takes a cell that begins with = + - @ (also after spaces, also full width), TAB, CR or LF
/// for a formula (OWASP, CSV injection). Where it is set to another separator than the comma (German Excel splits at
/// semicolons), each part of a text may become a cell: parts end with CR, LF, CRLF, TAB or a semicolon. A text cell
/// with such a part gets an apostrophe before that part, and before every part of the cell that begins with an
/// apostrophe, and its column is named in the row's last cell, `guarded`. So the original comes back by taking one
/// leading apostrophe from each part of a cell that is named there. Numbers and times are written by us and never
/// guarded: -12.5 stays a number.
/// Thread: one at a time. No locale.
#include <QByteArray>
#include <QByteArrayView>
#include <span>

namespace framescope {

class CsvRow
{
public:
    /// @p columns must outlive the row. One of them is `guarded`: end() fills it when it is the last, else guarded().
    CsvRow(std::span<const char* const> columns, bool rawCells)
        : m_columns(columns)
        , m_rawCells(rawCells)
    {
    }

    void text(QByteArrayView utf8);
    void number(qint64 value) { plain(QByteArray::number(value)); }
    void number(quint64 value) { plain(QByteArray::number(value)); }
    /// Written by us: needs no quotes and no guard.
    void plain(QByteArrayView ascii);
    void absent() { plain({}); }
    /// The cell that names the guarded columns before it; only plain ones may follow.
    void guarded();
    /// The row with its CRLF; the next one starts.
    [[nodiscard]] const QByteArray& end();

    [[nodiscard]] static QByteArray header(std::span<const char* const> columns);

private:
    void startCell();
    void quoted(QByteArrayView utf8);

    std::span<const char* const> m_columns;
    const bool m_rawCells;
    std::size_t m_column = 0;
    bool m_ended = false;
    QByteArray m_line;
    QByteArray m_guarded;
};

/// @p utf8 with the guard's apostrophes, or a null array when it needs none.
[[nodiscard]] QByteArray guardedCell(QByteArrayView utf8);

} // namespace framescope
