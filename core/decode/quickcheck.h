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
#include <cstring>
#include <optional>
#include <simdjson.h>
#include <string_view>
#include <vector>

namespace framescope {

/// A name or text of a schema, ready to be compared with one on the parser's tape in a few instructions. The parser
/// keeps a text as its length in four bytes, then its bytes and a zero; the first sixteen of these are compared as two
/// words, the last eight bytes as one, and only of texts over 20 bytes there is anything left.
class QuickName
{
public:
    QuickName() = default;
    /// @p text is kept as it is.
    explicit QuickName(std::string_view text);

    /// @p stored is a text on the tape; 16 bytes from there are read, whatever its length.
    [[nodiscard]] bool is(const std::uint8_t* stored) const
    {
        const quint64 head = (word(stored) ^ m_head) & m_headMask;
        const quint64 rest = (word(stored + 8) ^ m_rest) & m_restMask;
        if ((head | rest) != 0)
            return false;
        return m_size <= inWords ||
               (word(stored + m_size - 4) == m_tail && (m_size <= inWords + 8 || isMiddle(stored)));
    }

    [[nodiscard]] std::string_view text() const { return {m_text, m_size}; }

private:
    static constexpr quint32 inWords = 12; ///< bytes of text in the first two words

    static quint64 word(const void* bytes)
    {
        quint64 word = 0;
        std::memcpy(&word, bytes, sizeof word);
        return word;
    }
    [[nodiscard]] bool isMiddle(const std::uint8_t* stored) const;

    quint64 m_head = 0; ///< length and four bytes
    quint64 m_headMask = 0;
    quint64 m_rest = 0;
    quint64 m_restMask = 0;
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

    bool isOpen = false; ///< SchemaStyle::Open: null is absent, and what the schema does not name is to be noted
    bool namesSome = false;
    bool forbidsOthers = false;
    bool takesAnyText = false; ///< whatever its length and characters
    bool hasTexts = false;     ///< `enum` or `const`
    bool isBounded = false;    ///< of numbers
    /// Values of other types are not known to fit; no type: the node asks for something that the quick check does not
    /// do.
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

    /// Its index; -1: there is none of that name.
    [[nodiscard]] int propertyNamed(std::string_view name) const;
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

    /// Where the value of a member of the document's root stands.
    struct Place
    {
        quint32 tape = 0;  ///< 0: the member is not there
        quint32 token = 0; ///< among the parser's structural indexes
    };
    /// Of the property with that index in the schema by which confirms() just confirmed the document.
    [[nodiscard]] Place place(int property) const { return m_places[std::size_t(property)]; }
    /// False after confirmsMember(): no places are kept then.
    [[nodiscard]] bool hasPlaces() const { return !m_rootMember; }
    /// The text, or the whole number from 0, at a place that is there; nothing when it is something else.
    [[nodiscard]] std::optional<std::string_view> textAt(Place place) const;
    [[nodiscard]] std::optional<quint64> numberAt(Place place) const;

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
    [[nodiscard]] std::size_t value(std::size_t at, const QuickNode* node);
    [[nodiscard]] std::size_t object(std::size_t at, const QuickNode* node);
    [[nodiscard]] std::size_t knownMembers(std::size_t at, std::size_t end, const QuickNode& node);
    [[nodiscard]] std::size_t anyMembers(std::size_t at, std::size_t end);
    [[nodiscard]] std::size_t array(std::size_t at, const QuickNode* node);
    /// The index of the property of that name, `unnamed`, or `repeated`.
    [[nodiscard]] std::size_t take(const std::uint8_t* name, const QuickNode& node, Names& names);
    [[nodiscard]] bool takeUnnamed(const std::uint8_t* name, Names& names);
    [[nodiscard]] bool fitsScalar(std::size_t at, const QuickNode& node) const;
    [[nodiscard]] bool fitsText(std::size_t at, const QuickNode& node) const;
    [[nodiscard]] bool fitsNumber(std::size_t at, const QuickNode& node) const;
    [[nodiscard]] const std::uint8_t* storedAt(std::size_t at) const;

    const std::uint64_t* m_tape = nullptr;
    const std::uint8_t* m_strings = nullptr;
    int m_depthLimit;
    int m_depth = 0;
    quint32 m_token = 0;
    std::vector<const std::uint8_t*> m_unnamed; ///< a stack: names of the open objects that no schema names
    const QuickName* m_rootMember = nullptr;
    const QuickNode* m_rootMemberSchema = nullptr;
    std::array<Place, QuickNode::mostProperties> m_places; ///< of the root's members
};

} // namespace framescope
