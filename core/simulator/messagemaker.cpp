#include "core/simulator/messagemaker.h"

#include "core/base/clock.h"
#include "core/simulator/websocketwriter.h"

#include <algorithm>

namespace framescope {

using websocketwriter::FrameOpcode;

namespace {

constexpr std::string_view updateType = "interaction.update";
constexpr std::string_view unknownType = "agent.mood";
constexpr std::string_view keepAlive = R"({"type":"keepalive"})";
constexpr std::size_t mediaHeaderBytes = 48;
constexpr std::size_t clipsPerCall = 32; ///< then the tap hears another call

/// Independent streams of numbers from one seed.
quint64 derivedSeed(quint64 seed, quint64 connection, quint64 purpose)
{
    quint64 state = seed;
    state = splitMix64(state) ^ connection;
    state = splitMix64(state) ^ purpose;
    return splitMix64(state);
}

void putBigEndian32(quint32 value, char* bytes)
{
    for (int i = 0; i < 4; ++i)
        bytes[i] = char((value >> (24 - 8 * i)) & 0xFF);
}

} // namespace

MessageMaker::MessageMaker(quint64 seed, quint64 connection, std::shared_ptr<const MediaClips> clips)
    : m_centre(derivedSeed(seed, connection, 1))
    , m_prng(derivedSeed(seed, connection, 2))
    , m_idState(derivedSeed(seed, connection, 3))
    , m_clips(std::move(clips))
{
    setTime(0);
}

void MessageMaker::setTime(qint64 wallNs)
{
    // RFC 3339 to the millisecond: "2026-11-24T20:15:07.431Z", from a text with six decimals.
    const QByteArray text = rfc3339Utc(wallNs);
    std::copy_n(text.begin(), std::min<qsizetype>(text.size(), 23), m_timestamp);
    m_timestamp[23] = 'Z';
}

void MessageMaker::appendNext(std::string& wire)
{
    const quint32 percent = m_prng.below(100);
    if (percent < 75)
        appendUpdate({}, wire);
    else if (percent < 95)
        appendMedia(false, wire);
    else
        appendKeepAlive(wire);
}

int MessageMaker::appendFault(Fault fault, std::string& wire)
{
    switch (fault) {
    case Fault::SchemaViolation:
        appendUpdate({.priorityAsText = true}, wire);
        return 1;
    case Fault::MissingField:
        appendUpdate({.withoutRouting = true}, wire);
        return 1;
    case Fault::OverOneMegabyte:
        appendUpdate({.attributeBytes = 1'258'291}, wire);
        return 1; // 1.2 MiB
    case Fault::FatMinute:
        appendUpdate({.attributeBytes = 3'000'000}, wire);
        return 1;
    case Fault::ChecksumMismatch:
        appendMedia(true, wire);
        return 1;
    case Fault::BrokenJson:
        appendBroken(wire);
        return 1;
    case Fault::OverFiveMegabytes:
        composeUpdate({.attributeBytes = 6 * 1024 * 1024}, updateType, m_updateSequence + 1);
        appendText(wire);
        return 1;
    case Fault::UnknownType:
        composeUpdate({}, unknownType, ++m_moodSequence);
        appendText(wire);
        return 1;
    case Fault::BadUtf8:
        composeUpdate({.latin1Agent = true}, updateType, m_updateSequence + 1);
        websocketwriter::appendFrame(wire, FrameOpcode::Binary, m_text);
        m_payloadBytes += m_text.size();
        return 1;
    case Fault::Duplicate:
        appendUpdate({}, wire);
        appendText(wire); // the same bytes again
        return 2;
    case Fault::SequenceGap:
        m_updateSequence += 3 + m_prng.below(5);
        appendUpdate({}, wire);
        return 1;
    default:
        return 0;
    }
}

void MessageMaker::composeUpdate(const BodyForm& form, std::string_view type, quint64 sequence)
{
    m_centre.advance();
    m_text = R"({"id":")";
    const quint64 distinct = splitMix64(m_idState);
    appendUuid(distinct, m_prng.next(), m_text);
    m_text += R"(","conversationId":")";
    m_text += m_centre.conversationId();
    m_text += R"(","type":")";
    m_text += type;
    m_text += R"(","version":3,"sequence":)";
    appendNumber(sequence, m_text);
    m_text += R"(,"timestamp":")";
    m_text.append(m_timestamp, sizeof m_timestamp);
    m_text += R"(",)";
    m_centre.appendBody(form, m_text);
    m_text += '}';
}

void MessageMaker::appendText(std::string& wire)
{
    websocketwriter::appendFrame(wire, FrameOpcode::Text, m_text);
    m_payloadBytes += m_text.size();
}

void MessageMaker::appendUpdate(const BodyForm& form, std::string& wire)
{
    composeUpdate(form, updateType, ++m_updateSequence);
    appendText(wire);
}

void MessageMaker::appendKeepAlive(std::string& wire)
{
    websocketwriter::appendFrame(wire, FrameOpcode::Text, keepAlive);
    m_payloadBytes += keepAlive.size();
}

void MessageMaker::appendBroken(std::string& wire)
{
    composeUpdate({}, updateType, m_updateSequence + 1);
    // Cut inside the list of participants, at a character: the text stays UTF-8 and is no JSON. The type is still
    // readable.
    m_text.resize(m_text.find(R"("purpose":)") + 10);
    appendText(wire);
}

void MessageMaker::appendMedia(bool corrupt, std::string& wire)
{
    if (m_mediaSequence % clipsPerCall == 0)
        m_firstClip = m_prng.below(quint32(MediaClips::clipsPerKind));
    const std::size_t index = m_firstClip + m_mediaSequence % clipsPerCall;
    const bool stereo = (m_mediaSequence / clipsPerCall) % 2 == 1;
    const MediaClip& clip = stereo ? m_clips->stereo(index) : m_clips->mono(index);

    char header[mediaHeaderBytes] = {'T', 'M', 'E', 'D', 1, 0, char(clip.channels), 0};
    putBigEndian32(++m_mediaSequence, header + 8);
    putBigEndian32(m_mediaPosition, header + 12);
    std::copy(clip.sha256.begin(), clip.sha256.end(), header + 16);
    m_mediaPosition += quint32(clip.samples.size() / clip.channels);

    websocketwriter::appendFrameHead(wire, FrameOpcode::Binary, mediaHeaderBytes + clip.samples.size());
    wire.append(header, mediaHeaderBytes);
    wire += clip.samples;
    if (corrupt) {
        char& sample = wire[wire.size() - 1 - m_prng.below(quint32(clip.samples.size()))];
        sample = char(sample ^ (1 << m_prng.below(8)));
    }
    m_payloadBytes += mediaHeaderBytes + clip.samples.size();
}

void MessageMaker::appendStalled(std::string& wire)
{
    composeUpdate({}, updateType, m_updateSequence + 1);
    websocketwriter::appendFrameHead(wire, FrameOpcode::Text, m_text.size());
    wire.append(m_text, 0, m_text.size() / 2);
}

} // namespace framescope
