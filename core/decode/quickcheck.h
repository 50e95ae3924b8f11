#pragma once
/// The short way through a good document: one pass over the parser's tape that checks it against a schema and finds
/// members that stand twice. It answers "yes" or "not known", never "no": what it does not know is for DuplicateKeys
/// and SchemaValidator, which explain. Most messages are as they should be, and cost a fifth that way.
///
/// It knows `type`, texts of `enum` and `const`, lengths, bounds by integers, formats, `properties`, `required`,
/// `additionalProperties`, `items` and their counts, and `$ref`; a schema with anything else it leaves alone as far as
/// a message comes to that part. Members are looked for where the schema names them next, so that they need no hash.
/// For core/decode/*.cpp only. Thread: one check, one thread; the compiled form any.
#include "core/decode/schema_p.h"

#include <QtGlobal>
#include <array>
#include <optional>
#include <simdjson.h>
#include <string_view>
#include <vector>

namespace framescope {

/// A short text that compares in a few instructions: its length, its first and its last eight bytes.
class QuickName
{
public:
    QuickName() = default;
    /// Reads up to 8 bytes from where @p text begins, whatever its length.
    QuickName(const char* text, quint32 size);

    [[nodiscard]] bool operator==(const QuickName& other) const
    {
        return m_size == other.m_size && m_head == other.m_head && m_tail == other.m_tail &&
               (m_size <= 2 * sizeof m_head || hasSameMiddle(other));
    }
    /// One bit of 64: equal names have the same.
    [[nodiscard]] quint64 bit() const;

private:
    [[nodiscard]] bool hasSameMiddle(const QuickName& other) const;

    quint64 m_head = 0;
    quint64 m_tail = 0;
    const char* m_text = nullptr;
    quint32 m_size = 0;
};

/// What a subschema asks, flat.
struct QuickNode
{
    struct Property
    {
        QuickName name;
        const QuickNode* schema = nullptr; ///< null: any value
        bool isRequired = false;
    };
    static constexpr std::size_t mostProperties = 128;

    bool isKnown = true; ///< false: the node asks for something that the quick check does not do
    bool isOpen = false; ///< SchemaStyle::Open: null is absent, and what the schema does not name is to be noted
    bool namesSome = false;
    bool forbidsOthers = false;
    bool hasTexts = false; ///< `enum` or `const`
    quint8 types = JsonType::Any;
    quint64 leastCharacters = 0; ///< of texts
    quint64 mostCharacters = 0;
    quint64 leastItems = 0; ///< of lists
    quint64 mostItems = 0;
    quint64 leastMembers = 0;
    quint64 mostMembers = 0;
    qint64 minimum = 0;
    qint64 maximum = 0;
    const SchemaFormat* format = nullptr;
    std::vector<QuickName> texts;
    std::vector<Property> properties;
    std::size_t requiredCount = 0;
    const QuickNode* others = nullptr; ///< `additionalProperties`
    const QuickNode* items = nullptr;
    QByteArrayList kept; ///< texts with readable bytes behind them, for `texts` and `properties`
};

/// Gives each node of @p compiled from @p firstNode on its quick form.
void makeQuickNodes(CompiledSchema& compiled, std::size_t firstNode, SchemaStyle style);

class QuickCheck
{
public:
    /// Deeper documents are not known.
    explicit QuickCheck(int depthLimit)
        : m_depthLimit(depthLimit)
    {
    }

    /// @p schema may be null: then only names are looked at.
    [[nodiscard]] bool confirms(const simdjson::dom::document& document, const Schema::Node* schema);
    /// The same where the schema is that of one member of the document's root.
    [[nodiscard]] bool confirmsMember(const simdjson::dom::document& document, const QuickName& member,
                                      const Schema::Node* schema);

private:
    /// Of one object.
    struct Names
    {
        std::array<quint64, QuickNode::mostProperties / 64> met{};
        std::size_t next = 0; ///< property to look at first: members mostly come in the schema's order
        std::size_t required = 0;
        std::size_t firstUnnamed = 0; ///< in m_unnamed
        quint64 unnamedBits = 0;
    };

    void start(const simdjson::dom::document& document);
    std::size_t value(std::size_t at, const QuickNode* node);
    std::size_t object(std::size_t at, const QuickNode* node);
    std::size_t array(std::size_t at, const QuickNode* node);
    /// The index of the property of that name, `unnamed`, or `repeated`.
    std::size_t take(const QuickName& name, const QuickNode* node, Names& names);
    bool takeUnnamed(const QuickName& name, Names& names);
    [[nodiscard]] bool fitsText(std::size_t at, const QuickNode& node) const;
    [[nodiscard]] bool fitsNumber(std::size_t at, const QuickNode& node) const;
    [[nodiscard]] std::string_view textAt(std::size_t at) const;

    const std::uint64_t* m_tape = nullptr;
    const std::uint8_t* m_strings = nullptr;
    int m_depthLimit;
    int m_depth = 0;
    std::vector<QuickName> m_unnamed; ///< a stack: names of the open objects that no schema names
    std::optional<QuickName> m_rootMember;
    const QuickNode* m_rootMemberSchema = nullptr;
};

} // namespace framescope
