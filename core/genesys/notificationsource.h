#pragma once
/// Genesys Cloud's notifications as a source of frames: signs in, makes channels, subscribes topics, keeps one socket a
/// channel, and mends by itself whatever can be mended (core/genesys/README.md has the table of faults and answers).
///
/// One lane a channel (RawFrame::connection), a new attempt for each socket. Each step is an AuditEvent in order with
/// the frames; each interval in which a topic was not being listened to is a topic-gap event of that topic.
/// Thread: the stream's, as FrameSource says. Errors: those of TokenProvider and Transport, and REST errors with the
/// service's correlation id in `detail`.
#include "core/frame/framesource.h"
#include "core/genesys/notificationconfig.h"
#include "core/genesys/notificationstate.h"

#include <memory>

namespace framescope {

class NotificationSource : public FrameSource
{
    Q_OBJECT

public:
    using FrameSource::FrameSource;

Q_SIGNALS:
    void notificationStateChanged(const framescope::NotificationStatePtr& state);
};

[[nodiscard]] std::unique_ptr<NotificationSource> makeNotificationSource(NotificationConfig config);

} // namespace framescope
