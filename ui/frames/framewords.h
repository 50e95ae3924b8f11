#pragma once
/// The words of a frame's row: what the table shows, copies and reads aloud, built from a frame when asked.
/// Thread: gui.
#include "core/frame/frame.h"

#include <QString>

namespace framescope {

[[nodiscard]] QString verdictText(const FrameBatch& batch,
                                  std::size_t index);    ///< "✓ accepted", "! 1 warning", "✕ refused"
[[nodiscard]] QString checksumText(ChecksumState state); ///< "– not declared"
[[nodiscard]] QString typeText(const FrameBatch& batch, std::size_t index); ///< "unknown" where it is
/// A notification topic in short ("users.presence"), other types as they are.
[[nodiscard]] QString shortTypeText(const FrameBatch& batch, std::size_t index);
/// From the event time that the body states to its arrival; empty when it states none.
[[nodiscard]] QString endToEndText(const FrameHead& head);
[[nodiscard]] QString subjectText(const FrameBatch& batch, std::size_t index);
[[nodiscard]] QString idText(const FrameBatch& batch, std::size_t index);
[[nodiscard]] QString previewText(const FrameBatch& batch, std::size_t index);
[[nodiscard]] QString parseText(const FrameHead& head);
[[nodiscard]] QString deltaText(qint64 ns);
[[nodiscard]] QString arrowText(Direction direction);
/// One sentence for screen readers: number, time, direction, type, size, verdict.
[[nodiscard]] QString rowSentence(const FrameBatch& batch, std::size_t index);

} // namespace framescope
