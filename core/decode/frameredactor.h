#pragma once
/// Redacts frames that have been judged and hashed: their bytes, the places of id and subject, what their findings
/// quote and, where a rule names it, the type's own text. What is kept of a frame is then all that anybody downstream
/// sees: session file, outlets, window and exports alike. For core/decode/*.cpp only.
///
/// A message in which rules can find no places is not kept, only its digest: text that is no JSON, binary messages
/// (JSON Pointers lead nowhere in them), and what would grow over redactedBytesLimit. Nothing of its bytes is quoted.
/// Redacted bytes are written beside the received ones, since a mark may be longer than the value: start(), then
/// find() and apply() for each frame, then finish(). Thread: the pipeline's.
#include "core/decode/decoder.h"
#include "core/decode/findingcollector.h"
#include "core/decode/jsonredactor.h"
#include "core/decode/payloadmatrix_p.h"

#include <QSet>
#include <span>

namespace framescope {

class FrameRedactor
{
public:
    static constexpr std::size_t redactedBytesLimit = 16 * 1024 * 1024; ///< of one message

    FrameRedactor(const RedactionRules& rules, const PayloadMatrix::Private& matrix);

    /// These topics' templates are no text of the wire.
    void useTopics(const TopicSchemas& topics);

    /// Frames of @p batch before @p firstFrame stay as they are.
    void start(FrameBatch& batch, std::size_t firstFrame);
    void finish(FrameBatch& batch);

    /// The places in @p payload, which may be masked before apply(). @p type: of the message, as it is sent. @p isJson:
    /// it was parsed; @p head says what it was judged as.
    void find(QByteArrayView payload, bool isJson, const FrameHead& head, QByteArrayView type);
    /// Whether the type's name is text that is not to be kept.
    [[nodiscard]] bool hidesType(QByteArrayView type) const;
    void apply(QByteArrayView payload, FrameHead& head, std::span<Finding> findings);
    /// A frame without bytes.
    void pass(FrameHead& head) const { head.payloadOffset = quint32(m_out.size()); }
    /// What is said of a frame where there are no bytes to find places in; after find().
    void cleanWithheld(FrameHead& head, std::span<Finding> findings) const;

    [[nodiscard]] const RedactionCounts& counts() const { return m_counts; }

private:
    void keep(QByteArrayView payload, FrameHead& head, std::span<Finding> findings);
    void withhold(FrameHead& head, std::span<Finding> findings);
    void clean(Finding& finding, QByteArrayView kept) const;
    void cleanWithheld(Finding& finding) const;
    [[nodiscard]] JsonRedactor::RuleSet rulesLeadingTo(std::span<const QByteArrayView> places) const;
    [[nodiscard]] const RedactedSpan* spanAround(ByteRange range) const;
    [[nodiscard]] bool hasSpanIn(ByteRange range) const;
    [[nodiscard]] ByteRange moved(ByteRange range) const;
    [[nodiscard]] ByteRange movedContent(ByteRange range) const;
    [[nodiscard]] QByteArray markText(int rule) const;

    JsonRedactor m_json;
    JsonRedactor::RuleSet m_typePlaceRules = 0; ///< those that lead to where a message says its type
    JsonRedactor::RuleSet m_timePlaceRules = 0; ///< the same for when its event happened
    QSet<QByteArray> m_declaredTypes;
    QHash<QByteArray, JsonRedactor::RuleSet> m_rulesOfType;

    std::vector<char> m_out;
    // Of the frame at hand:
    JsonRedactor::RuleSet m_set = 0;
    std::vector<RedactedSpan> m_spans;
    bool m_isReadable = false;
    bool m_isBinaryType = false; ///< judged as one
    RedactionCounts m_counts;
};

} // namespace framescope
