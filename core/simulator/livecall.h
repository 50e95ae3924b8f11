#pragma once
/// One conversation of the simulated contact centre, as far as its events tell about it. Plain values; the story is
/// told by NotificationWorld. Thread: one. Memory: at most twelve participants.
#include <QtGlobal>
#include <string>
#include <string_view>
#include <vector>

namespace framescope {

enum class Media : quint8
{
    Voice,
    Callback,
    Chat,
    Email,
    Message
};
[[nodiscard]] std::string_view mediaName(Media media);      ///< "voice"
[[nodiscard]] std::string_view mediaUpperName(Media media); ///< "VOICE"

struct CallParticipant
{
    enum class Purpose : quint8
    {
        Customer,
        Acd,
        Agent
    };

    Purpose purpose = Purpose::Customer;
    std::string id;
    std::string sessionId;
    std::string peerId;
    std::size_t index = 0; ///< of the agent, or of the queue
    std::string_view state = "alerting";
    std::string_view disconnectType; ///< empty: still there
    qint64 startMs = 0;
    qint64 connectedMs = 0;
    qint64 endMs = 0;
    qint64 holdSinceMs = 0; ///< 0: not on hold
    qint64 heldMs = 0;
    qint64 acwStartMs = 0;
    qint64 acwEndMs = 0;
    int wrapup = -1; ///< which wrap-up code; -1: none yet

    [[nodiscard]] bool isGone() const { return !disconnectType.empty(); }
};

struct LiveCall
{
    static constexpr std::size_t mostParticipants = 12;

    enum class Phase : quint8
    {
        Over,
        Queued,
        Alerting,
        Connected,
        Held,
        Wrapup
    };

    std::string id;
    Phase phase = Phase::Over;
    Media media = Media::Voice;
    bool outbound = false;
    bool lasting = false; ///< never ends: the customer is called again
    bool securePause = false;
    std::string_view customerName;
    std::string_view attributes; ///< members of a JSON object
    std::string number;          ///< of the customer: "+13175550123"
    std::string mail;            ///< of the customer
    std::size_t queue = 0;       ///< where it is, or was last
    std::size_t agent = 0;       ///< whose it is, or was last
    std::size_t person = 0;      ///< draws the line of the transcript
    qint64 startMs = 0;
    qint64 queuedMs = 0;
    qint64 sessionStartMs = 0; ///< of the transcription; 0: none
    int steps = 0;             ///< what the agent's script counts
    int utterances = 0;
    std::vector<CallParticipant> participants;

    [[nodiscard]] CallParticipant* last(CallParticipant::Purpose purpose);
    [[nodiscard]] const CallParticipant* last(CallParticipant::Purpose purpose) const;
};

} // namespace framescope
