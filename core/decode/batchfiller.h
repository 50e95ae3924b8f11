#pragma once
/// Takes messages into a batch as they leave the socket: head and bytes, not judged yet. Decoder::judge() does the
/// rest, in place and mostly on another thread.
///
/// Payloads stand one behind the other in the order of their frames. A batch that may become a block of the session
/// file has those of binary messages behind all texts instead, as a block does: they wait in a buffer of the caller's,
/// and joinBinary() ends the batch.
///
/// Thread: any; one batch, one thread at a time. Units: bytes of UTF-8 or binary. A batch holds less than 4 GiB, since
/// its places are 32-bit: ask fitsBatch() first.
#include "core/frame/frame.h"

namespace framescope::batchfiller {

/// At most so many bytes become of @p frame; known without looking at it.
[[nodiscard]] quint64 mostBytes(const RawFrame& frame);
/// @p heldBytes are in the batch or wait for it.
[[nodiscard]] bool fitsBatch(quint64 bytes, quint64 heldBytes);

/// Room for so many messages and bytes, and for what the parser wants behind them.
void reserve(std::size_t messages, std::size_t bytes, FrameBatch& batch);
/// Appends head and payload; text is encoded as UTF-8 on the way. Returns the message's size.
quint64 append(const RawFrame& frame, quint64 number, quint8 flags, FrameBatch& batch);
/// The same; the payload of a binary message goes to the end of @p binary.
quint64 append(const RawFrame& frame, quint64 number, quint8 flags, FrameBatch& batch, std::vector<char>& binary);
/// Appends the head of a message whose bytes are not taken: the decoder will refuse it for its size.
void appendWithoutPayload(const RawFrame& frame, quint64 sizeBytes, quint64 number, quint8 flags, FrameBatch& batch);
/// Puts what waits in @p binary, which is empty then, behind the texts. Once a batch.
void joinBinary(std::vector<char>& binary, FrameBatch& batch);

} // namespace framescope::batchfiller
