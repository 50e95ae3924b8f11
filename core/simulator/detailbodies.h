#pragma once
/// The bodies of the topics about one conversation: v2.detail.events.conversation.{id}.*,
/// v2.analytics.conversation.{id}.metrics and v2.conversations.{id}.transcription.
///
/// Shapes: those that Genesys' own SDKs declare. Note their times: epoch milliseconds in detail events, ISO 8601 in the
/// others. Thread: any.
#include "core/simulator/centrestaff.h"
#include "core/simulator/jsontext.h"
#include "core/simulator/livecall.h"

namespace framescope::detailbodies {

/// Of one participant at one time: user.start, user.end, customer.start, acd.start, acd.end, acw or wrapup.
void appendDetail(TopicKind kind, const LiveCall& call, const CallParticipant& participant, const CentreStaff& staff,
                  qint64 wallMs, std::string& json);

struct Metric
{
    std::string_view name; ///< "tTalk"
    qint64 value = 0;      ///< a count (n...) or milliseconds (t...)
};
void appendMetric(const Metric& metric, const LiveCall& call, const CallParticipant& participant,
                  const CentreStaff& staff, qint64 wallMs, std::string_view recordId, std::string& json);

/// One utterance, or, when @p over, the end of the transcription (which has no transcripts).
void appendTranscription(const LiveCall& call, const CentreStaff& staff, qint64 wallMs, bool over,
                         std::string_view utteranceId, std::string& json);

} // namespace framescope::detailbodies
