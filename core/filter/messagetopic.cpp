#include "core/filter/messagetopic.h"

#include <QByteArrayMatcher>

namespace framescope {

namespace {

/// Walks JSON text once, from its start to one place after another.
class Nesting
{
public:
    explicit Nesting(QByteArrayView json)
        : m_json(json)
    {
    }

    /// Whether what stands at @p place (never before the last one) is directly in the outermost object, and no part of
    /// a text.
    bool isOutermost(qsizetype place)
    {
        for (; m_at < place; ++m_at) {
            const char c = m_json[m_at];
            if (m_inText && c == '\\')
                ++m_at;
            else if (c == '"')
                m_inText = !m_inText;
            else if (!m_inText && (c == '{' || c == '['))
                ++m_depth;
            else if (!m_inText && (c == '}' || c == ']'))
                --m_depth;
        }
        return m_depth == 1 && !m_inText;
    }

private:
    QByteArrayView m_json;
    qsizetype m_at = 0;
    int m_depth = 0;
    bool m_inText = false;
};

} // namespace

QByteArrayView topicOfMessage(const FrameBatch& batch, std::size_t index)
{
    static const QByteArrayMatcher key("\"topicName\"");
    const FrameHead& head = batch.heads[index];
    const QByteArrayView payload = batch.payloadOf(index);
    if (payload.isEmpty()) {
        const QByteArrayView type = batch.typeNameOf(index);
        return type.startsWith("v2.") || type == "channel.metadata" ? type : QByteArrayView();
    }
    if (!(head.flags & FrameFlag::JsonPayload))
        return {};
    Nesting nesting(payload);
    for (qsizetype found = key.indexIn(payload); found >= 0; found = key.indexIn(payload, found + 1)) {
        QByteArrayView rest = payload.sliced(found + key.pattern().size()).trimmed();
        if (!rest.startsWith(':') || !nesting.isOutermost(found))
            continue; // a text, or a member of the body
        rest = rest.sliced(1).trimmed();
        const qsizetype end = rest.startsWith('"') ? rest.indexOf('"', 1) : -1;
        return end < 0 ? QByteArrayView() : rest.sliced(1, end - 1);
    }
    return {};
}

} // namespace framescope
