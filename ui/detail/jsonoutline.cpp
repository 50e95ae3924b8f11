#include "ui/detail/jsonoutline.h"

#include "core/frame/frame.h"
#include "ui/common/numbers.h"
#include "ui/common/plaintext.h"

#include <QCoreApplication>

namespace framescope {

namespace {

constexpr qsizetype longestMember = 200;
constexpr qsizetype countLimit = 10'000;

bool isSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

qsizetype skipSpace(QByteArrayView text, qsizetype at, qsizetype end)
{
    while (at < end && isSpace(text[at]))
        ++at;
    return at;
}

// From an opening quote to one past the closing one.
qsizetype skipString(QByteArrayView text, qsizetype at, qsizetype end)
{
    for (++at; at < end; ++at) {
        if (text[at] == '\\')
            ++at;
        else if (text[at] == '"')
            return at + 1;
    }
    return end;
}

qsizetype skipContainer(QByteArrayView text, qsizetype at, qsizetype end)
{
    qsizetype depth = 0;
    while (at < end) {
        const char c = text[at];
        if (c == '"') {
            at = skipString(text, at, end);
            continue;
        }
        ++at;
        if (c == '{' || c == '[')
            ++depth;
        else if ((c == '}' || c == ']') && --depth == 0)
            return at;
    }
    return end;
}

qsizetype skipScalar(QByteArrayView text, qsizetype at, qsizetype end)
{
    while (at < end && !isSpace(text[at]) && text[at] != ',' && text[at] != '}' && text[at] != ']')
        ++at;
    return at;
}

JsonSpan valueAt(QByteArrayView text, qsizetype at, qsizetype end)
{
    if (at >= end)
        return {OutlineKind::Broken, at, at};
    switch (text[at]) {
    case '{':
        return {OutlineKind::Object, at, skipContainer(text, at, end)};
    case '[':
        return {OutlineKind::Array, at, skipContainer(text, at, end)};
    case '"':
        return {OutlineKind::String, at, skipString(text, at, end)};
    case 't':
    case 'f':
        return {OutlineKind::Boolean, at, skipScalar(text, at, end)};
    case 'n':
        return {OutlineKind::Null, at, skipScalar(text, at, end)};
    default:
        break;
    }
    const qsizetype stop = skipScalar(text, at, end);
    const bool isNumber = text[at] == '-' || (text[at] >= '0' && text[at] <= '9');
    return {isNumber ? OutlineKind::Number : OutlineKind::Broken, at, stop};
}

QByteArray unescapedToken(QByteArrayView token)
{
    QByteArray name = token.toByteArray(); // RFC 6901 section 4: first ~1, then ~0
    name.replace("~1", "/");
    name.replace("~0", "~");
    return name;
}

bool isNamed(QByteArrayView rawKey, const QByteArray& name)
{
    return rawKey.contains('\\') ? jsonStringText(rawKey).toUtf8() == name : rawKey == QByteArrayView(name);
}

} // namespace

JsonSpan jsonRoot(QByteArrayView text)
{
    return valueAt(text, skipSpace(text, 0, text.size()), text.size());
}

JsonChildren::JsonChildren(QByteArrayView text, const JsonSpan& container)
    : m_text(text)
    , m_at(container.begin + 1)
    , m_end(container.end)
    , m_isObject(container.kind == OutlineKind::Object)
{
    if (!container.isContainer())
        m_at = m_end;
}

std::optional<JsonMember> JsonChildren::next()
{
    m_at = skipSpace(m_text, m_at, m_end);
    if (m_at < m_end && m_text[m_at] == ',')
        m_at = skipSpace(m_text, m_at + 1, m_end);
    if (m_at >= m_end || m_text[m_at] == '}' || m_text[m_at] == ']')
        return std::nullopt;
    JsonMember member;
    if (m_isObject) {
        if (m_text[m_at] != '"') {
            m_at = m_end;
            return std::nullopt;
        }
        const qsizetype keyEnd = skipString(m_text, m_at, m_end);
        if (keyEnd - m_at < 2 || m_text[keyEnd - 1] != '"') {
            m_at = m_end;
            return std::nullopt;
        }
        member.key = m_text.sliced(m_at + 1, keyEnd - m_at - 2);
        m_at = skipSpace(m_text, keyEnd, m_end);
        if (m_at >= m_end || m_text[m_at] != ':') {
            m_at = m_end;
            return std::nullopt;
        }
        m_at = skipSpace(m_text, m_at + 1, m_end);
    }
    member.value = valueAt(m_text, m_at, m_end);
    // Nothing was read: the text is broken here, and going on would not move.
    m_at = member.value.end > m_at ? member.value.end : m_end;
    return member;
}

qsizetype jsonChildCount(QByteArrayView text, const JsonSpan& container, qsizetype limit)
{
    JsonChildren children(text, container);
    qsizetype count = 0;
    while (count < limit && children.next())
        ++count;
    return count;
}

std::optional<JsonSpan> jsonAtPointer(QByteArrayView text, QByteArrayView pointer)
{
    JsonSpan span = jsonRoot(text);
    if (pointer.isEmpty())
        return span;
    for (const QByteArray& token : pointer.sliced(1).toByteArray().split('/')) {
        const QByteArray name = unescapedToken(token);
        bool isIndex = false;
        const qlonglong index = name.toLongLong(&isIndex);
        JsonChildren children(text, span);
        std::optional<JsonMember> found;
        for (qlonglong i = 0; (found = children.next()); ++i) {
            if (span.kind == OutlineKind::Array ? isIndex && i == index : isNamed(found->key, name))
                break;
        }
        if (!found)
            return std::nullopt;
        span = found->value;
    }
    return span;
}

QString jsonName(QByteArrayView rawKey)
{
    return visibleText(jsonStringText(rawKey.first(std::min(rawKey.size(), longestMember))));
}

QString jsonValueText(QByteArrayView text, const JsonSpan& value, qsizetype maximum)
{
    const QByteArrayView raw = text.sliced(value.begin, value.size());
    switch (value.kind) {
    case OutlineKind::Object:
    case OutlineKind::Array: {
        const qsizetype count = jsonChildCount(text, value, countLimit + 1);
        const QString number =
            count > countLimit ? countText(quint64(countLimit)) + QLatin1Char('+') : countText(quint64(count));
        return value.kind == OutlineKind::Object ? QLatin1Char('{') + number + QLatin1Char('}')
                                                 : QLatin1Char('[') + number + QLatin1Char(']');
    }
    case OutlineKind::String: {
        // A string that is shown whole is shown with its escapes resolved; one that is cut, as it was written: an
        // escape may be cut in two.
        if (raw.size() >= 2 && raw.size() - 2 <= maximum)
            return QLatin1Char('"') + visibleText(jsonStringText(raw.sliced(1, raw.size() - 2))) + QLatin1Char('"');
        return visibleLine(raw, maximum);
    }
    default:
        return visibleLine(raw, maximum);
    }
}

} // namespace framescope
