#pragma once
/// Where frames and events go once they are judged: session file, metrics, window feed, outlets.
///
/// Thread: both functions are called on the pipeline thread, in audit order. A sink may block only if it was told that
/// it may hold back the socket (the session file); every other sink drops, counts and says so.
#include "core/frame/auditevent.h"
#include "core/frame/frame.h"

namespace framescope {

class FrameSink
{
public:
    FrameSink() = default;
    FrameSink(const FrameSink&) = delete;
    FrameSink& operator=(const FrameSink&) = delete;
    virtual ~FrameSink() = default;

    virtual void consumeBatch(const FrameBatchPtr& batch) = 0;
    virtual void consumeEvent(const AuditEvent& event) = 0;
};

} // namespace framescope
