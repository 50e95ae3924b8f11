#include "ui/topics/topicstatuswords.h"

#include "ui/common/numbers.h"
#include "ui/common/plaintext.h"
#include "ui/common/topicwords.h"

#include <QCoreApplication>
#include <array>

namespace framescope {

namespace {

constexpr qsizetype longestReason = 300;
constexpr qsizetype longestCause = 80;

QString statusText(const char* text)
{
    return QCoreApplication::translate("TopicStatusWords", text);
}

struct CauseWords
{
    const char* cause;
    const char* text;
};

constexpr auto causeWords = std::to_array<CauseWords>({
    {"heartbeat-lost", QT_TRANSLATE_NOOP("TopicStatusWords", "no heartbeat for 35 s")},
    {"channel-lost", QT_TRANSLATE_NOOP("TopicStatusWords", "the service no longer knew the channel")},
    {"socket-closing", QT_TRANSLATE_NOOP("TopicStatusWords", "maintenance that the service announced")},
    {"no-longer-subscribed", QT_TRANSLATE_NOOP("TopicStatusWords", "the service took the topics away")},
    {"socket-replaced", QT_TRANSLATE_NOOP("TopicStatusWords", "another program took the channel")},
    {"token-revoked", QT_TRANSLATE_NOOP("TopicStatusWords", "the token was revoked")},
    {"token-expired", QT_TRANSLATE_NOOP("TopicStatusWords", "the token expired")},
    {"channel-expired", QT_TRANSLATE_NOOP("TopicStatusWords", "the channel's 24 hours were over")},
    {"stopped", QT_TRANSLATE_NOOP("TopicStatusWords", "stopped")},
    {"closed 1000", QT_TRANSLATE_NOOP("TopicStatusWords", "closed 1000: closed normally")},
    {"closed 1001", QT_TRANSLATE_NOOP("TopicStatusWords", "closed 1001: the service went away, or idle")},
    {"closed 1006", QT_TRANSLATE_NOOP("TopicStatusWords", "closed 1006: no Close frame; look at network and proxy")},
});

} // namespace

QString topicStateText(TopicState state)
{
    switch (state) {
    case TopicState::Pending:
        return statusText("… pending");
    case TopicState::Permitted:
        return statusText("✓ permitted");
    case TopicState::Rejected:
        return statusText("✕ rejected");
    }
    return {};
}

QString topicReasonText(const TopicStatus& status)
{
    if (status.state == TopicState::Pending)
        return statusText("waits for its channel");
    if (status.state == TopicState::Permitted)
        return {};
    const QString reason = visibleLine(status.rejection, longestReason);
    if (status.missingPermissions.isEmpty())
        return reason.isEmpty() ? statusText("the service gave no reason") : reason;
    const QString missing = visibleLine(status.missingPermissions.join(", "), longestReason);
    return statusText("missing %1: give it to the OAuth client's role, with the division").arg(missing);
}

QString topicAdviceText(const TopicStatus& status)
{
    switch (status.state) {
    case TopicState::Rejected: {
        const QString reason = visibleLine(status.rejection, longestReason);
        const QString advice =
            status.missingPermissions.isEmpty()
                ? statusText("Check the topic's name and its ids, and whether it needs a signed-in person.")
                : statusText("Give the role of the OAuth client (or person) these permissions and the divisions of "
                             "what the topic is about, then connect again: %1")
                      .arg(visibleLine(status.missingPermissions.join(", "), longestReason));
        return reason.isEmpty() ? advice : reason + QLatin1Char('\n') + advice;
    }
    case TopicState::Permitted:
        if (status.events == 0 && status.subscribedWallNs > 0)
            return statusText("Subscribed, but nothing came yet: perhaps nothing happened there, or the id is that of "
                              "something else.");
        return {};
    case TopicState::Pending:
        return statusText("It is subscribed as soon as its channel is there.");
    }
    return {};
}

QString topicEventsText(const TopicStatus& status)
{
    if (status.events > 0)
        return countText(status.events);
    if (status.state != TopicState::Permitted)
        return {};
    if (status.subscribedWallNs == 0)
        return statusText("none yet");
    return statusText("none since %1").arg(utcTimeText(status.subscribedWallNs).chopped(4));
}

QString topicSilenceText(const TopicStatus& status, const Instant& now)
{
    if (status.lastEventMonoNs > 0)
        return spanText(now.monoNs - status.lastEventMonoNs);
    if (status.state != TopicState::Permitted || status.subscribedWallNs == 0)
        return {};
    return spanText(now.wallNs - status.subscribedWallNs);
}

QString gapCauseText(const QByteArray& cause)
{
    for (const CauseWords& words : causeWords) {
        if (cause == words.cause)
            return QCoreApplication::translate("TopicStatusWords", words.text);
    }
    return visibleLine(cause, longestCause);
}

} // namespace framescope
