#pragma once
/// Hands batches and events to whoever listens: sinks called directly, in the order in which they were added, and
/// in-process subscribers by signal and slot (a queued connection gets its own shared pointer; nothing is copied).
///
/// Thread: the pipeline's. Sinks must outlive the router. The signals cost nothing while nobody is connected.
#include "core/frame/framesink.h"

#include <QObject>
#include <vector>

namespace framescope {

class Router final : public QObject, public FrameSink
{
    Q_OBJECT

public:
    using QObject::QObject;

    void addSink(FrameSink* sink);
    void consumeBatch(const FrameBatchPtr& batch) override;
    void consumeEvent(const AuditEvent& event) override;

Q_SIGNALS:
    void batchRouted(const framescope::FrameBatchPtr& batch);
    void eventRouted(const framescope::AuditEvent& event);

private:
    std::vector<FrameSink*> m_sinks;
};

} // namespace framescope
