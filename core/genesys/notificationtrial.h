#pragma once
/// One try of a notification set-up, as the connection dialog's Test button makes it: signs in, reads what is on offer,
/// makes a channel and subscribes the topics to it; says how many are permitted and what is missing. No socket is
/// opened, and the topics are taken off again; the channel cannot be deleted, it is the first that the service drops.
/// Where all channels are in use none is made, since that would end one of them: the reply says so.
///
/// Thread: one with an event loop. The reply comes later, once, and never when @p parent is gone; within 30 s. Errors:
/// those of sign-in and REST; ScopeMissing where every topic is rejected.
#include "core/genesys/notificationconfig.h"

#include <functional>

class QObject;

namespace framescope {

void tryNotifications(NotificationConfig config, QObject* parent, std::function<void(Expected<QString>)> reply);

} // namespace framescope
