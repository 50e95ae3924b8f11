#pragma once
/// A strict, iterative check of JSON text (RFC 8259), run only over text that the fast parser refused: it finds what is
/// wrong, where, in which value, and what the grammar expected there. Thread: any; pure functions. Memory: one entry
/// per nesting level, up to the depth limit.
#include "core/frame/finding.h"

#include <QByteArray>
#include <QByteArrayView>
#include <vector>

namespace framescope {

struct JsonFault
{
    enum class Kind
    {
        Syntax,
        Depth,
        // The text is JSON all the same, and can be judged further once it is patched:
        LoneSurrogate,
        NumberRange
    };
    Kind kind = Kind::Syntax;
    qsizetype offset = 0;
    qsizetype length = 0; ///< 0 at the end of the text
    QByteArray pointer;   ///< of the value that was being read
    QByteArray expected;
};

struct JsonFaults
{
    std::vector<JsonFault> list; ///< in the text's order, at most findingsPerFrameLimit; what ended the reading is last
    quint64 more = 0;            ///< that were left out
    bool isReadable = true;      ///< nothing but lone surrogates and numbers out of range
};

/// Checks UTF-8 text @p json. With @p patch, a writable copy of it, lone surrogates are replaced there by U+FFFD, and
/// numbers out of range by the nearest double of no greater length (padded with spaces): places stay what they are.
[[nodiscard]] JsonFaults checkJsonSyntax(QByteArrayView json, int depthLimit, char* patch = nullptr);

/// The JSON Pointer of the value in which byte @p offset stands; empty also when the text is no JSON up to there.
[[nodiscard]] QByteArray jsonPointerAt(QByteArrayView json, qsizetype offset, int depthLimit);

} // namespace framescope
