#pragma once
/// An Error of core as a sentence for people: what happened, the particulars, and what to do.
/// Thread: gui (translations). The result is plain text.
#include "core/base/error.h"

#include <QString>

namespace framescope {

[[nodiscard]] QString errorSentence(const Error& error);
/// What to do about it; empty where nothing general can be said.
[[nodiscard]] QString errorNextStep(ErrorCode code);

} // namespace framescope
