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

/// A name or text of a schema, ready to be compared in a few instructions: its first sixteen bytes and the quote that
/// closes it are two words, and only of longer ones there is anything left.
class QuickName
{
public:
    QuickName() = default;
    /// @p text is kept as it is.
    explicit QuickName(std::string_view text);

    /// Whether it is the string whose first character would be at @p string, as it is written, without escapes. Sixteen
    /// bytes are read, whatever it is; @p nextToken is where what follows the string begins.
    [[nodiscard]] bool standsAt(const char* string, const char* nextToken) const
    {
        const quint64 head = (word(string) ^ m_head) & m_headMask;
        const quint64 tail = (word(string + sizeof m_head) ^ m_tail) & m_tailMask;
        return (head | tail) == 0 && (m_text.size() < sizeof m_head + sizeof m_tail || isRest(string, nextToken));
    }
    [[nodiscard]] std::string_view text() const { return m_text; }

    static quint64 word(const void* bytes)
    {
        quint64 word = 0;
        std::memcpy(&word, bytes, sizeof word);
        return word;
    }

private:
    [[nodiscard]] bool isRest(const char* string, const char* nextToken) const;

    quint64 m_head = 0;
    quint64 m_headMask = 0;
    quint64 m_tail = 0;
    quint64 m_tailMask = 0;
    std::string_view m_text;
};

/// What a subschema asks, flat.
struct QuickNode
{
    struct Property
    {
        QuickName name;
        const QuickNode* schema = nullptr; ///< null: any value
        quint32 index = 0;
        quint32 word = 0; ///< and the bit in it, of Members
        quint64 bit = 0;
    };
    static constexpr std::size_t mostProperties = 128;
    using Members = std::array<quint64, mostProperties / 64>; ///< a bit for each property

    bool isOpen = false; ///< SchemaStyle::Open: null is absent, and what the schema does not name is to be noted
    bool namesSome = false;
    bool forbidsOthers = false;
    bool takesAnyText = false; ///< whatever its length and characters
    bool hasTexts = false;     ///< `enum` or `const`
    bool isMeasured = false;   ///< of texts: their lengths
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
    Members required{};
    const QuickNode* others = nullptr; ///< `additionalProperties`
    const QuickNode* items = nullptr;

    /// Its index; -1: there is none of that name.
    [[nodiscard]] int propertyNamed(std::string_view name) const;
    /// Whether what fits has a member of that name, which is that text.
    [[nodiscard]] bool requiresText(std::string_view name, std::string_view text) const;
};

/// Gives each node of @p compiled from @p firstNode on its quick form.
void makeQuickNodes(CompiledSchema& compiled, std::size_t firstNode, SchemaStyle style);

/// A text and its tokens. Sixteen bytes behind the text can be read, and one token behind the last, which is the text's
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
    [[nodiscard]] std::size_t place(int property) const
    {
        const Token token = m_places[std::size_t(property)];
        return token ? std::size_t(token - m_tokens) : 0;
    }
    /// False after confirmsMember(): no places are kept then.
    [[nodiscard]] bool hasPlaces() const { return !m_rootMember; }
    /// The text, or the whole number from 0, that begins with a token of it; nothing when it is something else.
    [[nodiscard]] std::optional<std::string_view> textAt(std::size_t index) const;
    [[nodiscard]] std::optional<quint64> numberAt(std::size_t index) const;

private:
    using Token = const std::uint32_t*; ///< where it begins in the text; what is null is not known

    /// Of one object.
    struct Names
    {
        QuickNode::Members met{};
        const QuickNode::Property* next = nullptr; ///< to look at first: members mostly come in the schema's order
        std::size_t firstUnnamed = 0;              ///< in m_unnamed
        quint64 unnamedBits = 0;
    };
    struct Member
    {
        const QuickNode* schema = nullptr; ///< null: any value
        bool isKnown = false;
    };

    [[nodiscard]] bool confirmsRoot(const QuickDocument& document, const QuickNode* root);
    // Each is about a token, of which it is known that it is there, and returns the one behind its value.
    [[nodiscard]] Token value(Token token, const QuickNode* node);
    [[nodiscard]] Token object(Token token, const QuickNode* node);
    [[nodiscard]] Token array(Token token, const QuickNode* node);
    [[nodiscard]] Member knownMember(Token name, const QuickNode& node, Names& names);
    [[nodiscard]] const QuickNode::Property* propertyAt(Token name, const QuickNode& node, Names& names) const;
    [[nodiscard]] Member anyMember(Token name, Names& names);
    [[nodiscard]] bool takeUnnamed(std::string_view name, Names& names);
    [[nodiscard]] bool isText(Token token, const QuickNode* node) const;
    [[nodiscard]] bool fitsText(Token token, const QuickNode& node) const;
    [[nodiscard]] bool isLiteral(Token token, std::string_view word) const;
    [[nodiscard]] bool isNumber(Token token, const QuickNode* node) const;

    [[nodiscard]] char byteOf(Token token) const { return m_text[*token]; }
    /// 0: there is no such token.
    [[nodiscard]] char at(Token token) const { return token < m_end ? byteOf(token) : '\0'; }
    [[nodiscard]] bool isString(const QuickName& text, Token token) const
    {
        return text.standsAt(m_text + token[0] + 1, m_text + token[1]);
    }
    /// The token's bytes, to where the white space before the next one begins.
    [[nodiscard]] std::string_view bytesOf(Token token) const;
    /// Between its quotes; no data: not known.
    [[nodiscard]] std::string_view stringOf(Token token) const;

    const char* m_text = nullptr;
    Token m_tokens = nullptr;
    Token m_end = nullptr; ///< behind the last one: there is the text's length
    bool m_hasEscapes = false;
    bool m_textsAreSound = false; ///< without escapes, or parsed
    int m_depthLimit;
    int m_depth = 0;
    std::vector<std::string_view> m_unnamed; ///< a stack: names of the open objects that no schema names
    const QuickName* m_rootMember = nullptr;
    const QuickNode* m_rootMemberSchema = nullptr;
    std::array<Token, QuickNode::mostProperties> m_places; ///< of the values of the root's members
};

} // namespace framescope
