#pragma once
/// Takes messages into a batch as they leave the socket: head and bytes, not judged yet. Decoder::judge() does the
/// rest, in place and mostly on another thread.
///
/// Thread: any; one batch, one thread at a time. Units: bytes of UTF-8 or binary. A batch holds less than 4 GiB, since
/// its places are 32-bit: ask fitsBatch() first.
#include "core/frame/frame.h"

namespace framescope::batchfiller {

/// At most so many bytes become of @p frame; known without looking at it.
[[nodiscard]] quint64 mostBytes(const RawFrame& frame);
[[nodiscard]] bool fitsBatch(quint64 bytes, const FrameBatch& batch);

/// Room for so many messages and bytes, and for what the parser wants behind them.
void reserve(std::size_t messages, std::size_t bytes, FrameBatch& batch);
/// Appends head and payload; text is encoded as UTF-8 on the way. Returns the message's size.
quint64 append(const RawFrame& frame, quint64 number, quint8 flags, FrameBatch& batch);
/// Appends the head of a message whose bytes are not taken: the decoder will refuse it for its size.
void appendWithoutPayload(const RawFrame& frame, quint64 sizeBytes, quint64 number, quint8 flags, FrameBatch& batch);

} // namespace framescope::batchfiller
