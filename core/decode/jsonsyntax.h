#pragma once
/// A strict, iterative check of JSON text (RFC 8259), run only over text that the fast parser refused: it finds the
/// first byte that is wrong and says what the grammar expected there. Thread: any; a pure function. Memory: one bit per
/// nesting level, up to the depth limit.
#include <QByteArray>
#include <QByteArrayView>

namespace framescope {

struct JsonFault
{
    enum class Kind
    {
        None,
        Syntax,
        Depth,
        LoneSurrogate,
        NumberRange ///< the text is valid JSON, but a number in it fits neither 64 bits nor a double
    };
    Kind kind = Kind::None;
    qsizetype offset = 0;
    qsizetype length = 0; ///< 0 at the end of the text
    QByteArray expected;
};

/// Checks UTF-8 text @p json. With @p patch, a writable copy of it, numbers out of range are replaced there by the
/// nearest double of no greater length (padded with spaces), so that all else of the document can still be judged.
[[nodiscard]] JsonFault checkJsonSyntax(QByteArrayView json, int depthLimit, char* patch = nullptr);

} // namespace framescope
