#include "core/routing/router.h"

namespace framescope {

void Router::addSink(FrameSink* sink)
{
    m_sinks.push_back(sink);
}

void Router::consumeBatch(const FrameBatchPtr& batch)
{
    for (FrameSink* sink : m_sinks)
        sink->consumeBatch(batch);
    Q_EMIT batchRouted(batch);
}

void Router::consumeEvent(const AuditEvent& event)
{
    for (FrameSink* sink : m_sinks)
        sink->consumeEvent(event);
    Q_EMIT eventRouted(event);
}

} // namespace framescope
