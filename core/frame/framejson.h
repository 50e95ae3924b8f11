#pragma once
/// One frame as one line of JSON: what outlets send and what a JSON lines export holds, so that both are the same
/// bytes.
///
/// Members, always in this order; one that is absent is left out, never null:
///   seq, frame_no, recv_utc, mono_ns, conn_id, attempt, dir, opcode, msg_type, msg_id, size_bytes, latency_ms,
///   verdict, checksum, source, payload_sha256, payload_removed (seq, utc and rule of the audit entry that says
///   that retention removed it), findings, event_utc and e2e_ms (both where the body states when it
///   happened), and payload (the JSON document itself) or payload_base64 (any other bytes).
/// `findings` is a list; each has, in this order:
///   id, severity, title        what is wrong; the words are those of findingcatalogue.h, in English
///   pointer, schema_pointer    where in the document (RFC 6901; "" is the document) and in the schema that said so
///   expected, actual           the evidence
///   offset, length             the bytes of the payload; absent when the whole message is meant
///   cause, next_step           likely cause and what to do, of the same catalogue
/// Times are RFC 3339 UTC; latency_ms is from the socket to the verdict, e2e_ms from the event to its arrival, negative
/// where the clocks differ. No locale, no allocation beyond the line.
/// Thread: any; pure functions.
#include "core/frame/frame.h"

#include <QByteArray>

namespace framescope {

/// Who judged the payload: frames of this process were parsed by our decoder; those of a file may claim anything.
enum class PayloadTrust
{
    Judged,
    Foreign
};

/// The line of frame @p index, with its line feed. A Foreign payload is only put in as JSON after it was parsed again.
[[nodiscard]] QByteArray frameToJsonLine(const FrameBatch& batch, std::size_t index,
                                         PayloadTrust trust = PayloadTrust::Judged);

/// The same object without the payload, with these members at its end for whoever has to restore the frame exactly:
/// wall_ns, parse_ns, flags (FrameFlag), event_wall_ns, and as [offset, length] id_at and subject_at.
void appendFrameFacts(QByteArray& json, const FrameBatch& batch, std::size_t index);

/// Appends @p utf8 as a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD.
void appendJsonString(QByteArray& line, QByteArrayView utf8);
/// "live", "simulated", "replay" or "imported".
[[nodiscard]] QLatin1String sourceName(const FrameHead& head);
/// Nanoseconds as milliseconds with three decimals: "0.123".
[[nodiscard]] QByteArray millisecondsText(qint64 ns);

} // namespace framescope
