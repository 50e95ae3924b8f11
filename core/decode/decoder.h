#pragma once
/// Judges one message after another: recognises its type, checks UTF-8, JSON, schema, checksum, sequence and
/// duplicates, computes its SHA-256, and appends head, digest, payload and findings to a batch. Never throws a frame
/// away.
///
/// Thread: the pipeline thread (the worker QThread); one decoder a session, since duplicates and sequences are seen
/// across messages. Memory: bounded (the last duplicateWindow ids; typeNameLimit names). No allocation per frame on the
/// good path.
#include "core/decode/payloadmatrix.h"
#include "core/decode/topicschemas.h"
#include "core/frame/frame.h"

#include <memory>
#include <optional>

namespace framescope {

struct DecoderOptions
{
    quint64 flagBytes = 1024 * 1024; ///< see SizeLimits; over it the decoder adds SIZE-LARGE
    bool keepPayload = true;         ///< false: digest only
    quint8 frameFlags = 0;           ///< FrameFlag::Simulated or Replayed, set on every head
    int duplicateWindow = 4096;
    int depthLimit = 128;
    /// Set: messages of Genesys Cloud's notification channels are recognised by `topicName` (or `result`) and judged by
    /// these; everything else still goes through the matrix.
    std::optional<TopicSchemas> topics;
    /// Phone numbers, names, attributes, transcripts and wrap-up notes are masked in the kept bytes and in findings,
    /// byte for byte ('*', digits of numbers '1'), after the message was judged and hashed. See maskedmembers.h.
    bool maskPersonal = false;
};

class Decoder
{
public:
    static constexpr std::size_t typeNameLimit = 1024;

    Decoder(PayloadMatrix matrix, const DecoderOptions& options);
    ~Decoder();

    /// Judges @p frame and appends it to @p batch (heads, digests, findings, payload) with number @p number.
    /// The head's parseNs is stamped last.
    void decode(const RawFrame& frame, quint64 sizeBytes, quint64 number, FrameBatch& batch);
    /// Appends a frame that the gate refused: head and SIZE-GATE finding, no payload, no digest.
    void appendRefusedByGate(const RawFrame& frame, quint64 sizeBytes, quint64 limitBytes, quint64 number,
                             FrameBatch& batch);
    /// A new connection attempt: sequences start anew, since what was missed in between is a gap of its own.
    void connectionStarted(quint16 connection);
    /// Later messages are judged by @p topics: the service's own schemas have arrived.
    void useTopics(TopicSchemas topics);

    /// Names for FrameBatch::types; take it when a batch is sealed.
    [[nodiscard]] TypeNamesPtr typeNames() const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace framescope
