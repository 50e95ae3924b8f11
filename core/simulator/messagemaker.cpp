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
constexpr std::string_view idMember = R"({"id":")";
constexpr std::string_view typeMember = R"("type":)";
constexpr std::string_view sequenceMember = R"("sequence":)";
constexpr std::string_view purposeMember = R"("purpose":)";
constexpr quint32 uuidBytes = 36;
constexpr std::size_t mediaHeaderBytes = 48;
constexpr quint32 mediaDigestAt = 16; ///< in the header
constexpr quint32 digestBytes = 32;
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

MadeFault MessageMaker::appendFault(Fault fault, std::string& wire)
{
    switch (fault) {
    case Fault::SchemaViolation:
        return {1, appendUpdate({.priorityAsText = true}, wire)};
    case Fault::MissingField:
        return {1, appendUpdate({.withoutRouting = true}, wire)};
    case Fault::OverOneMegabyte:
        return {1, appendUpdate({.attributeBytes = 1'258'291}, wire)}; // 1.2 MiB
    case Fault::FatMinute:
        return {1, appendUpdate({.attributeBytes = 3'000'000}, wire)};
    case Fault::ChecksumMismatch:
        return {1, appendMedia(true, wire)};
    case Fault::BrokenJson:
        return {1, appendBroken(wire)};
    case Fault::OverFiveMegabytes:
        composeUpdate({.attributeBytes = 6 * 1024 * 1024}, updateType, m_updateSequence + 1);
        appendText(wire);
        return {1, {}};
    case Fault::UnknownType:
        return {1, appendUnknownType(wire)};
    case Fault::BadUtf8:
        return {1, appendBadUtf8(wire)};
    case Fault::Duplicate:
        appendUpdate({}, wire);
        appendText(wire); // the same bytes again
        return {2, {"/id", idMember.size(), uuidBytes}};
    case Fault::SequenceGap:
        m_updateSequence += 3 + m_prng.below(5);
        appendUpdate({}, wire);
        return {1, placeOfSequence()};
    default:
        return {};
    }
}

FaultPlace MessageMaker::composeUpdate(const BodyForm& form, std::string_view type, quint64 sequence)
{
    m_centre.advance();
    m_text = idMember;
    const quint64 distinct = splitMix64(m_idState);
    appendUuid(distinct, m_prng.next(), m_text);
    m_text += R"(","conversationId":")";
    m_text += m_centre.conversationId();
    m_text += R"(",)";
    m_text += typeMember;
    m_text += '"';
    m_text += type;
    m_text += R"(","version":3,)";
    m_text += sequenceMember;
    appendNumber(sequence, m_text);
    m_text += R"(,"timestamp":")";
    m_text.append(m_timestamp, sizeof m_timestamp);
    m_text += R"(",)";
    FaultPlace broken = m_centre.appendBody(form, m_text);
    m_text += '}';
    if (form.withoutRouting) // what lacks a member is the document
        broken = {{}, 0, quint32(m_text.size())};
    return broken;
}

void MessageMaker::appendText(std::string& wire)
{
    websocketwriter::appendFrame(wire, FrameOpcode::Text, m_text);
    m_payloadBytes += m_text.size();
}

FaultPlace MessageMaker::appendUpdate(const BodyForm& form, std::string& wire)
{
    FaultPlace broken = composeUpdate(form, updateType, ++m_updateSequence);
    appendText(wire);
    return broken;
}

FaultPlace MessageMaker::appendUnknownType(std::string& wire)
{
    composeUpdate({}, unknownType, ++m_moodSequence);
    appendText(wire);
    return {"/type", quint32(m_text.find(typeMember) + typeMember.size()), unknownType.size() + 2};
}

FaultPlace MessageMaker::appendBadUtf8(std::string& wire)
{
    FaultPlace broken = composeUpdate({.latin1Agent = true}, updateType, m_updateSequence + 1);
    websocketwriter::appendFrame(wire, FrameOpcode::Binary, m_text);
    m_payloadBytes += m_text.size();
    return broken;
}

/// Of the message in the making.
FaultPlace MessageMaker::placeOfSequence() const
{
    const std::size_t from = m_text.find(sequenceMember) + sequenceMember.size();
    return {"/sequence", quint32(from), quint32(m_text.find(',', from) - from)};
}

void MessageMaker::appendKeepAlive(std::string& wire)
{
    websocketwriter::appendFrame(wire, FrameOpcode::Text, keepAlive);
    m_payloadBytes += keepAlive.size();
}

FaultPlace MessageMaker::appendBroken(std::string& wire)
{
    composeUpdate({}, updateType, m_updateSequence + 1);
    // Cut inside the list of participants, at a character: the text stays UTF-8 and is no JSON. The type is still
    // readable.
    m_text.resize(m_text.find(purposeMember) + purposeMember.size());
    appendText(wire);
    // The value is missing where the text ends: its last byte is what can be marked.
    return {"/participants/0/purpose", quint32(m_text.size() - 1), 1};
}

/// What does not match is the digest that the header declares.
FaultPlace MessageMaker::appendMedia(bool corrupt, std::string& wire)
{
    if (m_mediaSequence % clipsPerCall == 0)
        m_firstClip = m_prng.below(quint32(MediaClips::clipsPerKind));
    const std::size_t index = m_firstClip + m_mediaSequence % clipsPerCall;
    const bool stereo = (m_mediaSequence / clipsPerCall) % 2 == 1;
    const MediaClip& clip = stereo ? m_clips->stereo(index) : m_clips->mono(index);

    char header[mediaHeaderBytes] = {'T', 'M', 'E', 'D', 1, 0, char(clip.channels), 0};
    putBigEndian32(++m_mediaSequence, header + 8);
    putBigEndian32(m_mediaPosition, header + 12);
    std::copy(clip.sha256.begin(), clip.sha256.end(), header + mediaDigestAt);
    m_mediaPosition += quint32(clip.samples.size() / clip.channels);

    websocketwriter::appendFrameHead(wire, FrameOpcode::Binary, mediaHeaderBytes + clip.samples.size());
    wire.append(header, mediaHeaderBytes);
    wire += clip.samples;
    if (corrupt) {
        char& sample = wire[wire.size() - 1 - m_prng.below(quint32(clip.samples.size()))];
        sample = char(sample ^ (1 << m_prng.below(8)));
    }
    m_payloadBytes += mediaHeaderBytes + clip.samples.size();
    return corrupt ? FaultPlace{{}, mediaDigestAt, digestBytes} : FaultPlace{};
}

void MessageMaker::appendStalled(std::string& wire)
{
    composeUpdate({}, updateType, m_updateSequence + 1);
    websocketwriter::appendFrameHead(wire, FrameOpcode::Text, m_text.size());
    wire.append(m_text, 0, m_text.size() / 2);
}

} // namespace framescope
