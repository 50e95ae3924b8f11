#pragma once
/// Where an export's bytes go: collected into chunks, hashed, written. Room-private.
///
/// Thread: one at a time. Errors: Io, the device's.
#include "core/base/error.h"
#include "core/base/sha256.h"

#include <QIODevice>

namespace framescope {

class ExportSink
{
public:
    explicit ExportSink(QIODevice& device)
        : m_device(device)
    {
    }

    [[nodiscard]] Expected<void> put(QByteArrayView bytes)
    {
        m_chunk += bytes;
        return m_chunk.size() < chunkBytes ? Expected<void>() : flush();
    }
    [[nodiscard]] Expected<void> flush();

    [[nodiscard]] qint64 bytes() const { return m_bytes; }
    /// Once, after the last flush().
    [[nodiscard]] QByteArray sha256Hex() { return toHex(m_digest.finish()); }

private:
    static constexpr qsizetype chunkBytes = 256 * 1024;

    QIODevice& m_device;
    Sha256 m_digest;
    QByteArray m_chunk;
    qint64 m_bytes = 0;
};

} // namespace framescope
