#include "core/exchange/exportsink.h"

namespace framescope {

Expected<void> ExportSink::flush()
{
    m_digest.add(m_chunk);
    for (qsizetype done = 0; done < m_chunk.size();) {
        const qint64 written = m_device.write(m_chunk.constData() + done, m_chunk.size() - done);
        if (written <= 0)
            return failure(ErrorCode::Io, m_device.errorString());
        done += written;
        m_bytes += written;
    }
    m_chunk.resize(0);
    return {};
}

} // namespace framescope
