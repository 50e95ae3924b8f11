#include "tests/bench/load.h"

#include "core/base/clock.h"
#include "core/simulator/messagemaker.h"
#include "core/simulator/websocketwriter.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace framescope::bench {

namespace {

constexpr quint64 seed = 1;
constexpr quint64 firstSequence = 10'000'000; // eight digits, so that later ones fit into the same place
constexpr std::size_t sequenceDigits = 8;
constexpr std::size_t mediaSequenceAt = 8; // in the header of telephony.media; its checksum does not cover it
constexpr std::string_view sequenceMember = R"("sequence":)";

std::size_t bigEndian(std::string_view bytes)
{
    std::size_t number = 0;
    for (const char byte : bytes)
        number = number << 8 | quint8(byte);
    return number;
}

/// Where the payload of an unmasked frame begins.
std::size_t payloadStart(std::string_view frame)
{
    const int length = frame[1] & 0x7F;
    return length == 127 ? 10 : length == 126 ? 4 : 2;
}

std::size_t payloadSize(std::string_view frame)
{
    const std::size_t length = std::size_t(frame[1] & 0x7F);
    return length == 127 ? bigEndian(frame.substr(2, 8)) : length == 126 ? bigEndian(frame.substr(2, 2)) : length;
}

} // namespace

Load::Load(std::size_t messages, LoadKind kind)
{
    MessageMaker maker(seed, 0, std::make_shared<const MediaClips>(seed));
    maker.setTime(now().wallNs);
    std::string frame;
    while (m_messages.size() < messages) {
        frame.clear();
        if (kind == LoadKind::OneFault)
            maker.appendFault(Fault::SchemaViolation, frame);
        else
            maker.appendNext(frame);
        const bool isUpdate = frame.find(R"("type":"interaction.update")") != std::string::npos;
        if (kind != LoadKind::UpdatesOnly || isUpdate)
            append(frame);
    }
    restart();
}

/// The frame once more, with room for the longest sequence number.
void Load::append(std::string_view frame)
{
    const auto opcode = websocketwriter::FrameOpcode(frame[0] & 0x0F);
    std::string payload(frame.substr(payloadStart(frame), payloadSize(frame)));
    Message message;
    message.isText = opcode == websocketwriter::FrameOpcode::Text;
    message.sequence = mediaSequenceAt;
    if (message.isText) {
        const std::size_t member = payload.find(sequenceMember);
        message.sequence = member == std::string::npos ? 0 : member + sequenceMember.size();
        if (message.sequence != 0) {
            const std::size_t digits = payload.find(',', message.sequence) - message.sequence;
            payload.replace(message.sequence, digits, sequenceDigits, '1');
        }
    }
    message.begin = m_wire.size();
    websocketwriter::appendFrameHead(m_wire, opcode, payload.size());
    message.payload = m_wire.size();
    message.sequence += message.sequence != 0 ? message.payload : 0;
    m_wire += payload;
    message.end = m_wire.size();
    m_payloadBytes += payload.size();
    m_messages.push_back(message);
}

QByteArrayView Load::payload(std::size_t index) const
{
    const Message& message = m_messages[index];
    return QByteArrayView(m_wire.data() + message.payload, qsizetype(message.end - message.payload));
}

std::size_t Load::wireBytes(quint64 frames) const
{
    const quint64 rest = frames % size();
    return std::size_t(frames / size()) * m_wire.size() + (rest == 0 ? 0 : m_messages[rest - 1].end);
}

void Load::restart()
{
    m_pass = 0;
    writeSequences();
}

void Load::nextPass()
{
    ++m_pass;
    writeSequences();
}

void Load::writeSequences()
{
    const auto perPass = [this](bool isText) {
        return quint64(std::count_if(m_messages.begin(), m_messages.end(), [isText](const Message& message) {
            return message.sequence != 0 && message.isText == isText;
        }));
    };
    std::array<quint64, 2> next{firstSequence + m_pass * perPass(false), firstSequence + m_pass * perPass(true)};
    for (const Message& message : m_messages) {
        if (message.sequence == 0)
            continue;
        const quint64 number = next[message.isText ? 1 : 0]++;
        char* const place = m_wire.data() + message.sequence;
        if (message.isText) {
            std::to_chars(place, place + sequenceDigits, number);
        } else {
            for (std::size_t i = 0; i < 4; ++i)
                place[i] = char((number >> (24 - 8 * i)) & 0xFF);
        }
    }
}

} // namespace framescope::bench
