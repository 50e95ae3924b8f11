#pragma once
/// Messages through the decoder, and what it promises of whatever comes out.
#include "core/decode/decoder.h"

#include <QString>

namespace framescope::fuzz {

/// How the bytes of a message are handed over.
enum class Form : quint8
{
    Text,       ///< UTF-8 as QWebSocket gives it: UTF-16
    Utf16Units, ///< any UTF-16, also halves of pairs
    Binary,
    TextBytes, ///< text whose bytes were kept
    Count_
};

/// Gate and decoder, as the pipeline has them.
void judge(Decoder& decoder, QByteArrayView bytes, Form form, quint64 number, FrameBatch& batch);

/// Everything that readers of a batch rely on: numbers, places inside the payload, findings of each frame, a verdict
/// that is the gravest finding's, evidence that is short and UTF-8. Aborts when it is not so.
void requireSound(const FrameBatch& batch);

/// Texts that other rooms make of a frame; of any batch, also one from a file.
void readAll(const FrameBatch& batch);

} // namespace framescope::fuzz
