#pragma once
/// Finds the bytes of a value in JSON text by walking the positions of its tokens. In text that is not JSON after all
/// it finds something or nothing, and nothing worse happens.
///
/// The parser's document holds values, not places; its first stage, however, lists where each token starts. One step a
/// token, no recursion, no allocation: fast enough to mark the id and subject of every message. Thread: any; a view,
/// valid as long as the parser's document.
#include "core/decode/jsonpath.h"
#include "core/frame/finding.h"

#include <QByteArrayView>
#include <cstdint>
#include <span>
#include <vector>

namespace framescope {

class JsonLocator
{
public:
    JsonLocator() = default;
    /// @p hasEscapes: there is a backslash in @p text.
    JsonLocator(QByteArrayView text, std::span<const std::uint32_t> tokens, bool hasEscapes);

    /// The value at @p path, strings with their quotes; null when there is none. Of members with one name, the first.
    [[nodiscard]] ByteRange find(std::span<const PathStep> path) const { return findFrom(0, path); }
    /// The same from the value that begins at @p token, among the positions.
    [[nodiscard]] ByteRange findFrom(std::size_t token, std::span<const PathStep> path) const;
    /// The name of the member at @p path, with its quotes; null when there is none.
    [[nodiscard]] ByteRange findName(std::span<const PathStep> path) const;
    /// What is between the quotes of a string's range; other ranges unchanged. An empty string gives a null range.
    [[nodiscard]] ByteRange content(ByteRange value) const;

    struct Member
    {
        ByteRange name; ///< with its quotes
        QByteArray pointer;
    };
    /// The members whose names stand at these places on the parser's tape, which are in order. Allocates: for findings.
    [[nodiscard]] std::vector<Member> membersAt(std::span<const quint32> tapePlaces) const;
    [[nodiscard]] std::span<const std::uint32_t> tokens() const { return m_tokens; }
    [[nodiscard]] bool hasEscapes() const { return m_hasEscapes; }
    [[nodiscard]] QByteArrayView bytes(ByteRange range) const { return m_text.sliced(range.offset, range.length); }

private:
    /// An object or list on the way down.
    struct Level
    {
        bool isObject;
        std::size_t nameToken; ///< object: of the member at hand
        qint64 index;          ///< list: of the element at hand
    };

    [[nodiscard]] QByteArray pointerOf(std::span<const Level> levels) const;
    [[nodiscard]] char at(std::size_t token) const
    {
        return token < m_tokens.size() ? m_text[qsizetype(m_tokens[token])] : '\0';
    }
    [[nodiscard]] std::size_t afterValue(std::size_t token) const;
    [[nodiscard]] ByteRange scalar(std::size_t token) const;
    [[nodiscard]] std::size_t member(std::size_t object, std::string_view name) const;
    [[nodiscard]] std::size_t element(std::size_t array, qint64 index) const;
    [[nodiscard]] bool keyIs(std::size_t token, std::string_view name) const;

    QByteArrayView m_text;
    std::span<const std::uint32_t> m_tokens;
    bool m_hasEscapes = false; ///< most texts have none: names are what they look like
};

} // namespace framescope
