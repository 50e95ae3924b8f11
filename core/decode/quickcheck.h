#pragma once
/// The short way through a good document: one pass over its tokens, as the parser's first stage lists them, that checks
/// JSON's grammar (RFC 8259), a schema, and that no member stands twice. It answers "yes" or "not known", never "no":
/// what it does not know is for the parser, DuplicateKeys and SchemaValidator, which explain. Most messages are as they
/// should be, and need no parsed document that way.
///
/// It knows `type`, texts of `enum` and `const`, lengths, bounds by integers, formats, `properties`, `required`,
/// `additionalProperties`, `items` and their counts, and `$ref`; a schema with anything else it leaves alone as far as
/// a message comes to that part. Of numbers it knows whole ones of up to 18 digits and simple decimals, of texts those
/// without escapes. Members are looked for where the schema names them next, so that they need no hash.
///
/// What the first stage promises: the text is UTF-8, its strings are closed and hold no control characters, and every
/// token is listed in order, a string by its opening quote. For core/decode/*.cpp only. Thread: one check, one thread;
/// the compiled form any.
#include "core/decode/jsonreader.h"
#include "core/decode/schema_p.h"

#include <QtGlobal>
#include <array>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace framescope {

/// A name or text of a schema, ready to be compared in a few instructions: its length, its first and last eight bytes,
/// and only of texts over 16 bytes there is anything left.
class QuickName
{
public:
    QuickName() = default;
    /// @p text is kept as it is.
    explicit QuickName(std::string_view text);

    /// Eight bytes from where @p other begins are read, whatever its length.
    [[nodiscard]] bool is(std::string_view other) const
    {
        if (other.size() != m_text.size() || ((word(other.data()) ^ m_head) & m_headMask) != 0)
            return false;
        return other.size() <= sizeof m_head || (word(other.data() + other.size() - sizeof m_tail) == m_tail &&
                                                 (other.size() <= 2 * sizeof m_head || other == m_text));
    }
    [[nodiscard]] std::string_view text() const { return m_text; }

    static quint64 word(const void* bytes)
    {
        quint64 word = 0;
        std::memcpy(&word, bytes, sizeof word);
        return word;
    }

private:
    quint64 m_head = 0;
    quint64 m_headMask = 0;
    quint64 m_tail = 0;
    std::string_view m_text;
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

/// A text and its tokens. Eight bytes behind the text can be read, and one token behind the last, which is the text's
/// length: so the parser lists them.
struct QuickDocument
{
    const char* text = nullptr;
    std::span<const std::uint32_t> tokens;
    bool hasEscapes = false; ///< there is a backslash
    bool isParsed = false;   ///< the parser has accepted it: escapes are sound
};

enum class IsParsed
{
    No, ///< JsonReader::listTokens()
    Yes ///< JsonReader::readText(), without a finding
};
[[nodiscard]] QuickDocument quickDocument(const JsonReader& reader, IsParsed isParsed);

class QuickCheck
{
public:
    /// Deeper documents are not known.
    explicit QuickCheck(int mostLevels)
        : m_depthLimit(mostLevels)
    {
    }

    /// @p schema may be null: then only the grammar and names are looked at.
    [[nodiscard]] bool confirms(const QuickDocument& document, const Schema::Node* schema);
    /// The same where the schema is that of one member of the document's root.
    [[nodiscard]] bool confirmsMember(const QuickDocument& document, const QuickName& member,
                                      const Schema::Node* schema);

    /// The token with which the value begins of the property with that index, of the schema by which confirms() just
    /// confirmed the document; 0: the document's root has no such member.
    [[nodiscard]] std::size_t place(int property) const { return m_places[std::size_t(property)]; }
    /// False after confirmsMember(): no places are kept then.
    [[nodiscard]] bool hasPlaces() const { return !m_rootMember; }
    /// The text, or the whole number from 0, that begins with a token of it; nothing when it is something else.
    [[nodiscard]] std::optional<std::string_view> textAt(std::size_t token) const;
    [[nodiscard]] std::optional<quint64> numberAt(std::size_t token) const;

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
    struct Member
    {
        const QuickNode* schema = nullptr; ///< null: any value
        bool isKnown = false;
    };

    [[nodiscard]] bool confirmsRoot(const QuickDocument& document, const QuickNode* root);
    [[nodiscard]] std::size_t value(std::size_t token, const QuickNode* node);
    [[nodiscard]] std::size_t object(std::size_t token, const QuickNode* node);
    [[nodiscard]] std::size_t array(std::size_t token, const QuickNode* node);
    [[nodiscard]] Member knownMember(std::string_view name, std::size_t value, const QuickNode& node, Names& names);
    [[nodiscard]] Member anyMember(std::string_view name, Names& names);
    [[nodiscard]] bool takeUnnamed(std::string_view name, Names& names);
    [[nodiscard]] bool isText(std::size_t token, const QuickNode* node) const;
    [[nodiscard]] bool fitsText(std::string_view text, const QuickNode& node) const;
    [[nodiscard]] bool isLiteral(std::size_t token, std::string_view word) const;
    [[nodiscard]] bool isNumber(std::size_t token, const QuickNode* node) const;

    /// The byte with which a token that is there begins.
    [[nodiscard]] char byteOf(std::size_t token) const { return m_text[m_tokens[token]]; }
    /// 0: there is no such token.
    [[nodiscard]] char at(std::size_t token) const { return token < m_count ? byteOf(token) : '\0'; }
    /// The token's bytes, to where the white space before the next one begins.
    [[nodiscard]] std::string_view bytesOf(std::size_t token) const;
    /// Between its quotes; no data: not known.
    [[nodiscard]] std::string_view stringOf(std::size_t token) const;

    const char* m_text = nullptr;
    const std::uint32_t* m_tokens = nullptr; ///< and behind the last one the text's length
    std::size_t m_count = 0;
    bool m_hasEscapes = false;
    bool m_isParsed = false;
    int m_depthLimit;
    int m_depth = 0;
    std::vector<std::string_view> m_unnamed; ///< a stack: names of the open objects that no schema names
    const QuickName* m_rootMember = nullptr;
    const QuickNode* m_rootMemberSchema = nullptr;
    std::array<std::size_t, QuickNode::mostProperties> m_places; ///< of the root's members
};

} // namespace framescope
