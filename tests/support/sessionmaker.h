#pragma once
/// A real session file with many small frames, written by the real writer, and its batches as they came live.
/// Thread: the test's.
#include "tests/support/framebuilder.h"

#include <QString>

namespace framescope::test {

/// Frame n is refused when n % 10 == 0, warned when n % 10 == 5, of type "telephony.media" when n % 3 == 0; its payload
/// says "frame-n".
[[nodiscard]] std::vector<FrameSpec> mixedFrames(quint64 firstNumber, int count);
/// Batches of @p batchSize frames, numbered from @p firstNumber on.
[[nodiscard]] std::vector<FrameBatchPtr> mixedBatches(quint64 firstNumber, int count, int batchSize);

} // namespace framescope::test
