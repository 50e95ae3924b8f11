#pragma once
/// A finding in words: catalogue texts translated, one plain sentence with its particulars, and the text that Copy
/// gives.
///
/// Whatever comes from the wire (pointers, expected and actual values) is made visible first; the result is plain text.
/// Thread: gui (translations).
#include "core/frame/findingcatalogue.h"
#include "core/frame/frame.h"
#include "ui/common/theme.h"

#include <QString>

namespace framescope {

/// @p text of the catalogue, in the language of the window.
[[nodiscard]] QString findingText(const char* text);
[[nodiscard]] QString severityText(Severity severity);  ///< "error"
[[nodiscard]] QString severityGlyph(Severity severity); ///< the cross, the exclamation mark, the dot
[[nodiscard]] Token severityToken(Severity severity);
[[nodiscard]] Token severityTint(Severity severity);
[[nodiscard]] const char* severityKind(Severity severity); ///< for setKind()

/// What is wrong with this frame, in one sentence; empty when the title says it all.
[[nodiscard]] QString findingSentence(const Finding& finding, const Frame& frame);
/// "/routing/priority · bytes 311–316".
[[nodiscard]] QString findingPlace(const Finding& finding);
/// All of it as lines of plain text, for the clipboard: times and numbers as files have them.
[[nodiscard]] QString findingCopyText(const Finding& finding, const Frame& frame);
/// The filter expression that shows every frame with this finding.
[[nodiscard]] QString findingFilter(FindingId id);

/// The checksum's state in words; "not declared" is never a pass.
[[nodiscard]] QString checksumSentence(const Frame& frame);
/// Why the payload's bytes are not here; empty when they are.
[[nodiscard]] QString missingPayloadSentence(const Frame& frame);
/// How the kept bytes of a frame with FrameFlag::Masked differ from what was hashed: "redacted: 2 values by rule
/// phone".
[[nodiscard]] QString maskedWords(const Frame& frame);

} // namespace framescope
