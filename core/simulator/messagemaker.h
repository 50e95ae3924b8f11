#pragma once
/// Makes the messages of one connection, good ones and faulty ones, as WebSocket frames ready to be sent.
///
/// The same seed and connection number give the same payload bytes but for the `timestamp` members, which are the wall
/// clock. Sequences: a message takes its number when a reader can read it there (so also one that breaks the schema),
/// and takes none when it cannot (broken JSON, bad UTF-8, over the gate, another type): what comes next is then no gap.
/// Thread: one. Memory: one message.
#include "core/simulator/contactcentre.h"
#include "core/simulator/mediaclips.h"
#include "core/simulator/scenario.h"

#include <memory>
#include <string>

namespace framescope {

/// The messages of a fault.
struct MadeFault
{
    int messages = 0; ///< the last one is the faulty one
    FaultPlace place; ///< in it
};

class MessageMaker
{
public:
    MessageMaker(quint64 seed, quint64 connection, std::shared_ptr<const MediaClips> clips);

    /// The time that the next messages say. Units: nanoseconds since 1970.
    void setTime(qint64 wallNs);
    /// Appends one message of the mix: 75 % interaction.update, 20 % telephony.media, 5 % keepalive.
    void appendNext(std::string& wire);
    /// Appends the message of a fault; for a duplicate, the original before it. Only for faults that are messages:
    /// others make none.
    MadeFault appendFault(Fault fault, std::string& wire);
    /// Appends the beginning of a message that never ends.
    void appendStalled(std::string& wire);
    /// Bytes of all payloads so far.
    [[nodiscard]] quint64 payloadBytes() const { return m_payloadBytes; }

private:
    // Each gives the place of what is wrong; empty when nothing is.
    FaultPlace composeUpdate(const BodyForm& form, std::string_view type, quint64 sequence);
    FaultPlace appendUpdate(const BodyForm& form, std::string& wire);
    FaultPlace appendMedia(bool corrupt, std::string& wire);
    FaultPlace appendBroken(std::string& wire);
    FaultPlace appendUnknownType(std::string& wire);
    FaultPlace appendBadUtf8(std::string& wire);

    void appendText(std::string& wire);
    void appendKeepAlive(std::string& wire);
    [[nodiscard]] FaultPlace placeOfSequence() const;

    ContactCentre m_centre;
    Prng m_prng;
    quint64 m_idState;
    std::shared_ptr<const MediaClips> m_clips;
    std::string m_text; ///< the message in the making
    char m_timestamp[24] = {};
    quint64 m_updateSequence = 0;
    quint64 m_moodSequence = 0;
    quint32 m_mediaSequence = 0;
    quint32 m_mediaPosition = 0;
    std::size_t m_firstClip = 0;
    quint64 m_payloadBytes = 0;
};

} // namespace framescope
