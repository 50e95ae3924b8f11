#include "core/decode/jsonpath.h"

namespace framescope {

namespace {

/// The index that @p name stands for in an array (RFC 6901 section 4: no sign, no leading zero), or -1.
qint64 indexOf(std::string_view name)
{
    constexpr std::size_t longest = 9;
    if (name.empty() || name.size() > longest || (name.size() > 1 && name.front() == '0'))
        return -1;
    qint64 index = 0;
    for (const char digit : name) {
        if (digit < '0' || digit > '9')
            return -1;
        index = index * 10 + (digit - '0');
    }
    return index;
}

bool unescape(QByteArrayView escaped, std::string& name)
{
    for (qsizetype i = 0; i < escaped.size(); ++i) {
        if (escaped[i] != '~') {
            name.push_back(escaped[i]);
            continue;
        }
        ++i;
        if (i == escaped.size() || (escaped[i] != '0' && escaped[i] != '1'))
            return false;
        name.push_back(escaped[i] == '0' ? '~' : '/');
    }
    return true;
}

} // namespace

Expected<CompiledPointer> CompiledPointer::fromText(const QByteArray& pointer)
{
    CompiledPointer compiled;
    compiled.m_text = pointer;
    if (pointer.isEmpty())
        return compiled;
    if (!pointer.startsWith('/'))
        return failure(ErrorCode::Parse, QStringLiteral("a JSON Pointer is empty or starts with '/'"));
    const QList<QByteArray> parts = pointer.mid(1).split('/');
    for (const QByteArray& part : parts) {
        std::string name;
        if (!unescape(part, name))
            return failure(ErrorCode::Parse, QStringLiteral("'~' in a JSON Pointer is followed by 0 or 1"));
        compiled.m_names.push_back(std::move(name));
    }
    for (const std::string& name : compiled.m_names)
        compiled.m_steps.push_back({name, indexOf(name)});
    return compiled;
}

QByteArray withStep(const QByteArray& pointer, std::string_view name)
{
    QByteArray text = pointer + '/';
    for (const char letter : name) {
        if (letter == '~')
            text += "~0";
        else if (letter == '/')
            text += "~1";
        else
            text += letter;
    }
    return text;
}

QByteArray pointerText(std::span<const PathStep> steps)
{
    QByteArray text;
    for (const PathStep& step : steps)
        text = step.index >= 0 ? text + '/' + QByteArray::number(step.index) : withStep(text, step.name);
    return text;
}

} // namespace framescope
