#pragma once
/// What is judged of one message once its bytes are in the batch: recognition, JSON, schema, checksum, media header,
/// and its place among the messages before it. For core/decode/*.cpp only. Thread: pipeline.
#include "core/base/sha256.h"
#include "core/decode/duplicatewindow.h"
#include "core/decode/jsonreader.h"
#include "core/decode/payloadmatrix_p.h"
#include "core/decode/quickcheck.h"
#include "core/decode/schemavalidator.h"
#include "core/decode/sequencetracker.h"
#include "core/decode/topicjudge.h"

#include <memory>
#include <optional>
#include <vector>

namespace framescope {

/// One message on its way to a verdict.
struct JudgedFrame
{
    QByteArrayView payload; ///< followed by JsonReader::padding readable bytes
    FrameHead& head;        ///< type, id, subject, checksum and flags are set here
    const Sha256Digest& digest;
    FindingCollector& findings;
    QByteArrayView wireType;  ///< the type's name as sent, when the matrix does not know it
    bool isConfirmed = false; ///< names and schema were checked the short way: quickcheck.h
    bool isParsed = false;    ///< the reader has its document
};

class FrameJudge
{
public:
    FrameJudge(const PayloadMatrix::Private& matrix, TypeNameTable& names, const DecoderOptions& options);

    void judge(JudgedFrame& frame);
    /// A message that was never looked into: its sequence number, if any, is not missing.
    void passUnread(quint16 connection, quint64 count = 1) { m_sequences.passUnread(connection, count); }
    void connectionStarted(quint16 connection) { m_sequences.connectionStarted(connection); }
    void useTopics(const TopicSchemas& topics) { m_topics.use(topics); }

private:
    using Element = simdjson::dom::element;

    const TypeRule* binaryType(QByteArrayView payload) const;
    /// What the member that names the type says.
    struct TypeMatch
    {
        const TypeRule* rule = nullptr;
        std::optional<std::string_view> name; ///< no rule: the first that is there
        const CompiledPointer* place = nullptr;
    };
    [[nodiscard]] TypeMatch textType() const;
    /// The rule whose type a text names that was not parsed yet, as far as it can be told.
    [[nodiscard]] const TypeRule* quickType() const;
    /// Whether it is confirmed as a message of m_lastQuickType: tried first where only such messages fit its schema,
    /// since nobody has to look for the type then.
    [[nodiscard]] bool isOfQuickTypeAgain(const QuickDocument& document);
    /// The short way without a parsed document. False: nothing was decided.
    [[nodiscard]] bool judgeQuickly(JudgedFrame& frame);
    [[nodiscard]] bool isConfirmed(const JudgedFrame& frame, const TypeMatch& type);
    void judgeBinary(JudgedFrame& frame, const TypeRule& rule);
    void judgeJson(JudgedFrame& frame);
    void judgeTextType(JudgedFrame& frame, const TypeRule& rule);
    /// A pointer of a rule, and the member of the document's root that it begins with.
    struct Pointer
    {
        const CompiledPointer* pointer = nullptr;
        int rootMember = -1; ///< property of the rule's schema; -1: the schema does not name it
    };
    /// The pointers of a rule.
    struct Pointers
    {
        Pointer id;
        std::vector<Pointer> subject;
        Pointer sequence;
        Pointer time;
        bool needDocument = false; ///< a value is asked for that only the parsed document gives
        bool namesType = false;    ///< only messages of its type fit its schema
    };
    [[nodiscard]] Pointers pointersOf(const TypeRule& rule) const;
    [[nodiscard]] ByteRange find(const JudgedFrame& frame, const Pointer& pointer) const;
    /// The token where the short way met the value, 0: there is none; nothing: it has to be looked for.
    [[nodiscard]] std::optional<std::size_t> placeMet(const JudgedFrame& frame, const Pointer& pointer) const
    {
        if (!frame.isConfirmed || pointer.rootMember < 0 || !m_quickCheck.hasPlaces())
            return std::nullopt;
        return m_quickCheck.place(pointer.rootMember);
    }
    void reportUnknownBinary(JudgedFrame& frame) const;
    void reportMissingType(JudgedFrame& frame) const;
    void reportUnknownType(JudgedFrame& frame, const CompiledPointer& pointer, std::string_view name) const;

    void checkMedia(JudgedFrame& frame, const MediaRule& rule) const;
    void checkChecksum(JudgedFrame& frame, const ChecksumRule& rule);
    std::optional<Sha256Digest> coveredDigest(const JudgedFrame& frame, const ChecksumRule& rule) const;
    void compareDigest(JudgedFrame& frame, const ChecksumRule& rule, QByteArrayView declared, ByteRange range);
    [[nodiscard]] qint64 timeStated(const JudgedFrame& frame, const Pointer& place) const;
    void checkTime(JudgedFrame& frame, const Pointer& place) const;
    bool isDuplicate(JudgedFrame& frame, const TypeRule& rule);
    void checkSequence(JudgedFrame& frame, const TypeRule& rule);
    std::optional<quint64> sequenceNumber(const JudgedFrame& frame, const TypeRule& rule, ByteRange& range) const;

    const PayloadMatrix::Private& m_matrix;
    std::vector<Pointers> m_pointers;          ///< by type, as in the matrix
    bool m_hasQuickType = false;               ///< there is one that judgeQuickly() may be for
    const TypeRule* m_lastQuickType = nullptr; ///< of the last message that went the short way without being parsed
    JsonReader m_reader;
    QuickCheck m_quickCheck;
    SchemaValidator m_validator;
    TopicJudge m_topics;
    SequenceTracker m_sequences;
    std::vector<std::unique_ptr<DuplicateWindow>> m_windows; ///< by type; made when its first id arrives
    int m_duplicateWindow;
};

} // namespace framescope
