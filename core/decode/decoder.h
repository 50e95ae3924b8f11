#pragma once
/// Judges one message after another, in place in the batch that it came in (batchfiller.h): recognises its type, checks
/// UTF-8, JSON, schema, checksum, sequence and duplicates, computes its SHA-256, and fills in head, digest and
/// findings. Never throws a frame away.
///
/// Thread: the pipeline thread (the worker QThread); one decoder a session, since duplicates and sequences are seen
/// across messages. Memory: bounded (the last duplicateWindow ids; typeNameLimit names). No allocation per frame on the
/// good path.
#include "core/decode/payloadmatrix.h"
#include "core/decode/topicschemas.h"
#include "core/frame/frame.h"
#include "core/frame/redactionrules.h"

#include <memory>
#include <optional>

namespace framescope {

struct DecoderOptions
{
    quint64 flagBytes = 1024 * 1024;       ///< see SizeLimits; over it the decoder adds SIZE-LARGE
    quint64 refuseBytes = 5 * 1024 * 1024; ///< the same; what the gate refused has a head and no payload
    bool keepPayload = true;               ///< false: digest only
    int duplicateWindow = 4096;
    int depthLimit = 128;
    /// Set: messages of Genesys Cloud's notification channels are recognised by `topicName` (or `result`) and judged by
    /// these; everything else still goes through the matrix.
    std::optional<TopicSchemas> topics;
    /// Phone numbers, names, attributes, transcripts and wrap-up notes are masked in the kept bytes and in findings,
    /// byte for byte ('*', digits of numbers '1'), after the message was judged and hashed. See maskedmembers.h.
    bool maskPersonal = false;
    /// Values that are taken out of the kept bytes and of findings, after the message was judged and hashed. With any
    /// rule, what cannot be searched for them is not kept: text that is no JSON, and binary messages.
    RedactionRules redaction;
};

class Decoder
{
public:
    static constexpr std::size_t typeNameLimit = 1024;

    Decoder(PayloadMatrix matrix, const DecoderOptions& options);
    ~Decoder();

    /// Judges the frames of @p batch that were not judged yet: those behind the last digest. Payloads are gone from the
    /// batch afterwards where they are not to be kept. Each head's parseNs is stamped last.
    void judge(FrameBatch& batch);
    /// Redacts frames that somebody else has judged (those of @p batch have a digest already), so that the same rules
    /// hold for what is imported as it stands.
    void redactJudged(FrameBatch& batch);
    /// All zero where there are no rules.
    [[nodiscard]] const RedactionCounts& redactionCounts() const;
    /// A new connection attempt: sequences start anew, since what was missed in between is a gap of its own.
    void connectionStarted(quint16 connection);
    /// @p count messages of @p connection are not to be had: a gap of so many in its sequences is explained.
    void passUnread(quint16 connection, quint64 count);
    /// Later messages are judged by @p topics: the service's own schemas have arrived.
    void useTopics(const TopicSchemas& topics);

    /// The id of a type by its name, for frames that somebody else has judged; unknownType when no more names fit.
    [[nodiscard]] TypeId typeNamed(QByteArrayView name);
    /// Names for FrameBatch::types; take it when a batch is sealed.
    [[nodiscard]] TypeNamesPtr typeNames() const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace framescope
