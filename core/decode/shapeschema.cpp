#include "core/decode/shapeschema.h"

#include "core/frame/framejson.h"

#include <QByteArrayList>
#include <algorithm>

namespace framescope {

namespace {

class SchemaText
{
public:
    explicit SchemaText(const TypeShape& shape)
        : m_shape(shape)
        , m_children(shape.paths.size())
    {
        for (std::size_t i = 1; i < shape.paths.size(); ++i)
            m_children[std::size_t(shape.paths[i].parent)].push_back(i);
    }

    QByteArray write()
    {
        open('{');
        key("$schema");
        string("http://json-schema.org/draft-07/schema#");
        if (!m_shape.type.isEmpty()) {
            key("title");
            string(m_shape.type);
        }
        key("description");
        string("Proposed from what was seen: " + QByteArray::number(m_shape.frames.frames) + " frames, from " +
               QByteArray::number(m_shape.frames.first) + " to " + QByteArray::number(m_shape.frames.last) + '.');
        if (!m_shape.paths.empty())
            writeMembers(0);
        close('}');
        return m_text + '\n';
    }

private:
    /// The keywords of a path, into the object that is open.
    void writeMembers(std::size_t index)
    {
        const ShapePath& path = m_shape.paths[index];
        writeType(path);
        writeEnum(path);
        writeRequired(index);
        bool hasProperties = false;
        for (const std::size_t child : m_children[index]) {
            if (m_shape.paths[child].isItem)
                continue;
            if (!std::exchange(hasProperties, true)) {
                key("properties");
                open('{');
            }
            key(m_shape.paths[child].name);
            writeSchema(child);
        }
        if (hasProperties)
            close('}');
        for (const std::size_t child : m_children[index]) {
            if (m_shape.paths[child].isItem) {
                key("items");
                writeSchema(child);
            }
        }
    }

    void writeSchema(std::size_t index)
    {
        open('{');
        writeMembers(index);
        close('}');
    }

    void writeType(const ShapePath& path)
    {
        JsonKinds kinds = path.kindsSeen();
        if (kinds == kindBit(JsonKind::Null))
            return;
        if ((kinds & kindBit(JsonKind::Number)) != 0)
            kinds &= JsonKinds(~kindBit(JsonKind::Integer)); // every integer is a number
        QByteArrayList names;
        for (std::size_t i = 0; i < jsonKindCount; ++i) {
            if ((kinds & kindBit(JsonKind(i))) != 0)
                names += jsonKindName(JsonKind(i));
        }
        key("type");
        if (names.size() == 1)
            string(names.first());
        else
            strings(names);
    }

    void writeEnum(const ShapePath& path)
    {
        if (!path.isEnumeration())
            return;
        QByteArrayList texts;
        for (const ShapePath::Text& text : path.texts)
            texts += text.text;
        std::sort(texts.begin(), texts.end());
        key("enum");
        strings(texts, path.of(JsonKind::Null).values > 0);
    }

    void writeRequired(std::size_t index)
    {
        QByteArrayList names;
        for (const std::size_t child : m_children[index]) {
            const ShapePath& path = m_shape.paths[child];
            const quint64 chances = m_shape.chancesOf(path);
            if (!path.isItem && chances >= requiredFromObjects && path.owners == chances)
                names += path.name;
        }
        if (names.isEmpty())
            return;
        key("required");
        strings(names);
    }

    void open(char bracket)
    {
        m_text += bracket;
        m_indent += 2;
        m_isFirst = true;
    }

    void close(char bracket)
    {
        m_indent -= 2;
        if (!m_isFirst)
            line();
        m_text += bracket;
        m_isFirst = false;
    }

    void line() { m_text += '\n' + QByteArray(m_indent, ' '); }

    void key(QByteArrayView name)
    {
        if (!m_isFirst)
            m_text += ',';
        line();
        string(name);
        m_text += ": ";
        m_isFirst = false;
    }

    void string(QByteArrayView utf8) { appendJsonString(m_text, utf8); }

    void strings(const QByteArrayList& texts, bool andNull = false)
    {
        m_text += '[';
        for (const QByteArray& text : texts) {
            string(text);
            m_text += ", ";
        }
        if (andNull)
            m_text += "null";
        else
            m_text.chop(2);
        m_text += ']';
    }

    const TypeShape& m_shape;
    std::vector<std::vector<std::size_t>> m_children;
    QByteArray m_text;
    qsizetype m_indent = 0;
    bool m_isFirst = true;
};

} // namespace

QByteArray proposedSchema(const TypeShape& shape)
{
    return SchemaText(shape).write();
}

} // namespace framescope
