#include "ui/detail/jsontext.h"

#include "ui/common/plaintext.h"

#include <algorithm>

namespace framescope {

namespace {

constexpr int indentWidth = 2;
constexpr qsizetype mostGrowth = 8;
constexpr int deepestIndent = 24; // deeper levels stay at this column, so that a deep document cannot become a wide one

/// Tells where given input positions came out, while the output is being written front to back.
class PositionMap
{
public:
    explicit PositionMap(std::span<const TextRange> marks)
    {
        m_marks.resize(marks.size());
        for (std::size_t i = 0; i < marks.size(); ++i) {
            m_stops.push_back({marks[i].begin, &m_marks[i].begin});
            m_stops.push_back({marks[i].end, &m_marks[i].end});
        }
        std::stable_sort(m_stops.begin(), m_stops.end(), [](const Stop& a, const Stop& b) { return a.at < b.at; });
    }
    /// Everything before input position @p at is written; the output has @p written units.
    void reach(qsizetype at, qsizetype written)
    {
        while (m_next < m_stops.size() && m_stops[m_next].at <= at)
            *m_stops[m_next++].out = written;
    }
    [[nodiscard]] qsizetype nextStop(qsizetype otherwise) const
    {
        return m_next < m_stops.size() ? std::min(m_stops[m_next].at, otherwise) : otherwise;
    }
    std::vector<TextRange> finish(qsizetype written)
    {
        while (m_next < m_stops.size())
            *m_stops[m_next++].out = written;
        return std::move(m_marks);
    }

private:
    struct Stop
    {
        qsizetype at;
        qsizetype* out;
    };
    std::vector<TextRange> m_marks;
    std::vector<Stop> m_stops;
    std::size_t m_next = 0;
};

qsizetype sequenceLength(unsigned char lead)
{
    return lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
}

QString slowlyVisible(QByteArrayView bytes)
{
    QString out;
    for (qsizetype i = 0; i < bytes.size();) {
        const auto lead = static_cast<unsigned char>(bytes[i]);
        const qsizetype length = std::min(sequenceLength(lead), bytes.size() - i);
        const QByteArrayView character = bytes.sliced(i, length);
        if (character.isValidUtf8()) {
            out += visibleText(QString::fromUtf8(character), true);
            i += length;
        } else {
            out += QStringLiteral("\\x%1").arg(uint(lead), 2, 16, QLatin1Char('0'));
            ++i;
        }
    }
    return out;
}

} // namespace

std::vector<TextRange> textRanges(std::span<const ByteRange> ranges)
{
    std::vector<TextRange> marks;
    for (const ByteRange& range : ranges)
        marks.push_back({qsizetype(range.offset), qsizetype(range.offset) + qsizetype(range.length)});
    return marks;
}

MarkedBytes prettyJson(QByteArrayView text, std::span<const TextRange> marks)
{
    PositionMap map(marks);
    MarkedBytes out;
    out.text.reserve(text.size() + text.size() / 2);
    int depth = 0;
    bool inString = false;
    const auto newLine = [&] {
        out.text += '\n';
        out.text.append(indentWidth * std::clamp(depth, 0, deepestIndent), ' ');
    };
    const auto nextVisible = [&](qsizetype i) {
        while (i < text.size() && (text[i] == ' ' || text[i] == '\n' || text[i] == '\r' || text[i] == '\t'))
            ++i;
        return i < text.size() ? text[i] : '\0';
    };
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (out.text.size() > text.size() * mostGrowth + 4096) {
            // Nothing but brackets: line breaks would make a flood of it.
            return {text.toByteArray(), {marks.begin(), marks.end()}};
        }
        // Before the line break that a closing bracket brings: it is not part of the value.
        map.reach(i, out.text.size());
        const bool closes = !inString && (c == '}' || c == ']');
        if (closes) {
            --depth;
            const char last = out.text.isEmpty() ? '\0' : out.text.back();
            if (last != '{' && last != '[')
                newLine();
        }
        if (inString) {
            out.text += c;
            if (c == '\\' && i + 1 < text.size())
                out.text += text[++i];
            else if (c == '"')
                inString = false;
            continue;
        }
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t')
            continue;
        out.text += c;
        inString = c == '"';
        if (c == '{' || c == '[') {
            ++depth;
            const char after = nextVisible(i + 1);
            if (after != '}' && after != ']')
                newLine();
        } else if (c == ',') {
            newLine();
        } else if (c == ':') {
            out.text += ' ';
        }
    }
    out.marks = map.finish(out.text.size());
    return out;
}

MarkedText visibleUtf8(QByteArrayView text, std::span<const TextRange> marks)
{
    PositionMap map(marks);
    MarkedText out;
    for (qsizetype at = 0; at < text.size();) {
        map.reach(at, out.text.size());
        const qsizetype stop = std::max(at + 1, map.nextStop(text.size()));
        const QByteArrayView piece = text.sliced(at, std::min(stop, text.size()) - at);
        out.text += piece.isValidUtf8() ? visibleText(QString::fromUtf8(piece), true) : slowlyVisible(piece);
        at += piece.size();
    }
    out.marks = map.finish(out.text.size());
    return out;
}

QByteArrayView cutAtCharacter(QByteArrayView text, qsizetype limit)
{
    if (text.size() <= limit)
        return text;
    qsizetype end = limit;
    constexpr int longestCharacter = 4;
    for (int back = 0; back < longestCharacter && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80;
         ++back)
        --end;
    return text.first(end);
}

} // namespace framescope
