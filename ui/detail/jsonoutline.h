#pragma once
/// Walks JSON text by byte positions, without building anything: for showing a payload as it is, in its own order, with
/// duplicate members, exact numbers, and as far as it goes when it is broken.
///
/// It judges nothing (the decoder did) and never fails: what is not JSON ends the walk. One look at a container costs
/// time proportional to its bytes; no recursion, so nesting costs nothing. Thread: any; positions into a text that the
/// caller keeps.
#include <QByteArrayView>
#include <QString>
#include <optional>

namespace framescope {

enum class OutlineKind : quint8
{
    Object,
    Array,
    String,
    Number,
    Boolean,
    Null,
    Broken
};

struct JsonSpan
{
    OutlineKind kind = OutlineKind::Broken;
    qsizetype begin = 0;
    qsizetype end = 0; ///< one past the last byte

    [[nodiscard]] bool isContainer() const { return kind == OutlineKind::Object || kind == OutlineKind::Array; }
    [[nodiscard]] qsizetype size() const { return end - begin; }
};

struct JsonMember
{
    QByteArrayView key; ///< raw, without quotes; empty for an array's item
    JsonSpan value;
};

/// The document's value; Broken when there is none.
[[nodiscard]] JsonSpan jsonRoot(QByteArrayView text);

/// Members of an object or items of an array, in order.
class JsonChildren
{
public:
    JsonChildren(QByteArrayView text, const JsonSpan& container);
    [[nodiscard]] std::optional<JsonMember> next();

private:
    QByteArrayView m_text;
    qsizetype m_at = 0;
    qsizetype m_end = 0;
    bool m_isObject = false;
};

/// Number of children, counted up to @p limit.
[[nodiscard]] qsizetype jsonChildCount(QByteArrayView text, const JsonSpan& container, qsizetype limit);
/// What RFC 6901 pointer @p pointer leads to; the first of members with the same name.
[[nodiscard]] std::optional<JsonSpan> jsonAtPointer(QByteArrayView text, QByteArrayView pointer);
/// A member name as a person reads it: escapes resolved, then made visible.
[[nodiscard]] QString jsonName(QByteArrayView rawKey);
/// A scalar as a person reads it (strings in quotes, at most @p maximum characters), a container as "{4}" or "[2]".
[[nodiscard]] QString jsonValueText(QByteArrayView text, const JsonSpan& value, qsizetype maximum);

} // namespace framescope
