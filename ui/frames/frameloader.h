#pragma once
/// Reads single blocks of a session file for FrameCache, one at a time.
///
/// Thread: lives on a thread of its own, since reading waits for the disk; call it by queued invocation only.
#include "core/frame/frame.h"

#include <QObject>
#include <memory>

namespace framescope {

class SessionReader;

class FrameLoader : public QObject
{
    Q_OBJECT

public:
    FrameLoader();
    ~FrameLoader() override;

    /// @p generation comes back with every answer, so that the asker can tell old ones.
    void open(const QString& path, quint64 generation);
    void loadNumber(quint64 number);
    void loadSeq(quint64 seq);

Q_SIGNALS:
    void opened(quint64 generation, quint64 frames);
    /// @p batch is null when nothing is stored under that key yet, or, with @p isEvent, when it is an event's.
    void loaded(quint64 generation, quint64 key, const framescope::FrameBatchPtr& batch, bool isEvent);
    void failed(quint64 generation, const QString& reason);

private:
    [[nodiscard]] bool isOpen();
    void answer(quint64 key, bool bySeq);

    std::unique_ptr<SessionReader> m_reader;
    QString m_path;
    quint64 m_generation = 0;
};

} // namespace framescope
