#include "ui/frames/frameloader.h"

#include "core/store/sessionreader.h"

namespace framescope {

FrameLoader::FrameLoader() = default;
FrameLoader::~FrameLoader() = default;

void FrameLoader::open(const QString& path, quint64 generation)
{
    m_reader.reset();
    m_path = path;
    m_generation = generation;
    if (path.isEmpty() || !isOpen())
        return;
    if (const auto extent = m_reader->extent())
        Q_EMIT opened(m_generation, extent->frames);
    else
        Q_EMIT failed(m_generation, extent.error().detail);
}

bool FrameLoader::isOpen()
{
    if (m_reader)
        return true;
    auto reader = SessionReader::open(m_path);
    if (!reader) {
        Q_EMIT failed(m_generation, reader.error().detail);
        return false;
    }
    m_reader = std::move(*reader);
    return true;
}

void FrameLoader::loadNumber(quint64 number)
{
    answer(number, false);
}

void FrameLoader::loadSeq(quint64 seq)
{
    answer(seq, true);
}

void FrameLoader::answer(quint64 key, bool bySeq)
{
    FrameBatchPtr batch;
    bool isEvent = false;
    if (!m_path.isEmpty() && isOpen()) {
        const auto block = bySeq ? m_reader->blockOfSeq(key) : m_reader->blockOfFrame(key);
        if (block) {
            batch = *block;
            isEvent = bySeq && !batch;
        } else if (block.error().code != ErrorCode::NotFound) {
            Q_EMIT failed(m_generation, block.error().detail);
        }
    }
    Q_EMIT loaded(m_generation, key, batch, isEvent);
}

} // namespace framescope
