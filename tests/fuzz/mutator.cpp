#include "tests/fuzz/mutator.h"

#include <array>

namespace framescope::fuzz {

namespace {

constexpr quint32 longestRandom = 2048;
constexpr quint32 mostChanges = 8;
constexpr int deepestJson = 6;
constexpr qsizetype hugeBytes = 1'100'000; // over the flag limit; five of them are over the gate

// What parsers stumble over.
constexpr std::array<const char*, 24> words{R"("type":"interaction.update")",
                                            R"("id":"")",
                                            R"("sequence":-1)",
                                            "1e999",
                                            "-0",
                                            "1e-400",
                                            "18446744073709551616",
                                            "0.1e+",
                                            R"("\ud800")",
                                            R"("\u0000")",
                                            "null",
                                            "[[[[[[[[",
                                            "}}}}",
                                            R"("topicName":"")",
                                            R"("eventBody":null)",
                                            "TMED",
                                            "true",
                                            R"({"a":1,"a":2})",
                                            "\xef\xbb\xbf",
                                            "\xed\xa0\x80",
                                            "\xf4\x90\x80\x80",
                                            "\xc0\xaf",
                                            "\xff",
                                            "\x80"};
constexpr std::array<const char*, 16> names{"type",      "id",       "sequence", "timestamp",    "routing", "priority",
                                            "queue",     "agent",    "name",     "participants", "state",   "topicName",
                                            "eventBody", "metadata", "version",  "CorrelationId"};
constexpr std::string_view jsonBytes = "{}[]\",:\\0123456789.eE+-truefalsn \n";

} // namespace

Mutator::Mutator(quint64 seed, std::vector<MadeMessage> good)
    : m_prng(seed)
    , m_good(std::move(good))
{
}

MadeMessage Mutator::next()
{
    if (m_good.empty() || m_prng.below(4) == 0)
        return random();
    MadeMessage message = m_good[m_prng.below(quint32(m_good.size()))];
    // A few stay as they are: what comes after them is then judged by good neighbours.
    for (quint32 changes = m_prng.below(mostChanges + 1); changes > 0; --changes)
        change(message.bytes);
    if (m_prng.below(16) == 0)
        message.form = Form(m_prng.below(quint32(Form::Count_)));
    return message;
}

MadeMessage Mutator::random()
{
    MadeMessage message;
    message.form = Form(m_prng.below(quint32(Form::Count_)));
    const quint32 size = m_prng.below(longestRandom);
    switch (m_prng.below(4)) {
    case 0: // any bytes
        for (quint32 i = 0; i < size; ++i)
            message.bytes += char(m_prng.next() & 0xFF);
        break;
    case 1: // bytes that JSON is made of
        for (quint32 i = 0; i < size; ++i)
            message.bytes += jsonBytes[m_prng.below(quint32(jsonBytes.size()))];
        break;
    case 2: // a binary head and noise
        message.form = Form::Binary;
        message.bytes = "TMED";
        for (quint32 i = 0; i < size / 8; ++i)
            message.bytes += char(m_prng.below(i < 12 ? 4 : 256));
        break;
    default:
        message.form = Form::Text;
        appendRandomJson(message.bytes, 0);
        break;
    }
    return message;
}

qsizetype Mutator::placeIn(const QByteArray& bytes)
{
    return bytes.isEmpty() ? 0 : qsizetype(m_prng.below(quint32(bytes.size())));
}

void Mutator::change(QByteArray& bytes)
{
    const qsizetype place = placeIn(bytes);
    switch (m_prng.below(10)) {
    case 0: // one bit
        if (!bytes.isEmpty())
            bytes[place] = char(bytes[place] ^ (1 << m_prng.below(8)));
        break;
    case 1: // one byte
        if (!bytes.isEmpty())
            bytes[place] = char(m_prng.next() & 0xFF);
        break;
    case 2: // cut off
        if (m_prng.below(4) == 0)
            bytes.truncate(place);
        break;
    case 3: // a piece out
        bytes.remove(place, 1 + m_prng.below(32));
        break;
    case 4: // a piece twice
        bytes.insert(place, bytes.mid(placeIn(bytes), 1 + m_prng.below(64)));
        break;
    case 5: // a word in
        bytes.insert(place, words[m_prng.below(quint32(words.size()))]);
        break;
    case 6:
        changeNumber(bytes);
        break;
    case 7:
        splice(bytes);
        break;
    case 8: // structure for structure
        if (!bytes.isEmpty())
            bytes[place] = jsonBytes[m_prng.below(quint32(jsonBytes.size()))];
        break;
    default: // huge, seldom: it costs what ten thousand others do
        if (m_prng.below(4000) == 0)
            bytes.insert(place, QByteArray(hugeBytes * (1 + m_prng.below(5)), char(' ' + m_prng.below(90))));
        break;
    }
}

/// The first number behind some place becomes another one.
void Mutator::changeNumber(QByteArray& bytes)
{
    const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
    const auto begin = std::find_if(bytes.cbegin() + placeIn(bytes), bytes.cend(), isDigit);
    const auto end = std::find_if_not(begin, bytes.cend(), isDigit);
    const quint64 number = m_prng.next() >> m_prng.below(64);
    bytes.replace(begin - bytes.cbegin(), end - begin, QByteArray::number(number));
}

/// The end of another message behind the beginning of this one.
void Mutator::splice(QByteArray& bytes)
{
    const QByteArray& other = m_good[m_prng.below(quint32(m_good.size()))].bytes;
    bytes = bytes.left(placeIn(bytes)) + other.mid(placeIn(other));
}

void Mutator::appendRandomText(QByteArray& json)
{
    json += '"';
    if (m_prng.below(2) == 0) {
        json += names[m_prng.below(quint32(names.size()))];
    } else {
        for (quint32 i = m_prng.below(24); i > 0; --i) {
            const char letter = char(0x20 + m_prng.below(0x5f));
            json += letter == '"' || letter == '\\' ? QByteArray("\\n") : QByteArray(1, letter);
        }
    }
    json += '"';
}

void Mutator::appendRandomJson(QByteArray& json, int depth)
{
    const quint32 kind = m_prng.below(depth >= deepestJson ? 4 : 7);
    switch (depth == 0 ? 6 : kind) {
    case 0:
        json += QByteArray::number(qint64(m_prng.next()) >> m_prng.below(64));
        break;
    case 1:
        json += QByteArray::number(double(qint64(m_prng.next())) / double(1 + m_prng.below(100'000)), 'g', 17);
        break;
    case 2:
        json += m_prng.below(3) == 0 ? "null" : m_prng.below(2) == 0 ? "true" : "false";
        break;
    case 3:
        appendRandomText(json);
        break;
    case 4:
        json += '[';
        for (quint32 i = 0, count = m_prng.below(5); i < count; ++i) {
            json += i > 0 ? "," : "";
            appendRandomJson(json, depth + 1);
        }
        json += ']';
        break;
    default:
        json += '{';
        for (quint32 i = 0, count = m_prng.below(8); i < count; ++i) {
            json += i > 0 ? "," : "";
            appendRandomText(json);
            json += ':';
            appendRandomJson(json, depth + 1);
        }
        json += '}';
        break;
    }
}

} // namespace framescope::fuzz
