#include "core/decode/maskedmembers.h"

#include "core/frame/frame.h"

#include <QHashFunctions>
#include <QRandomGenerator>
#include <algorithm>
#include <array>
#include <string_view>

namespace framescope {

namespace {

using namespace std::string_view_literals;

// Sorted, in small letters.
constexpr std::array personalNames{"ani"sv,         "bcc"sv,         "body"sv,
                                   "callerid"sv,    "cc"sv,          "comment"sv,
                                   "comments"sv,    "content"sv,     "decoratedtranscript"sv,
                                   "dnis"sv,        "email"sv,       "from"sv,
                                   "mailfrom"sv,    "message"sv,     "nameraw"sv,
                                   "notes"sv,       "phrase"sv,      "presencemessage"sv,
                                   "previewtext"sv, "sessiondnis"sv, "subject"sv,
                                   "text"sv,        "textbody"sv,    "to"sv,
                                   "transcript"sv,  "uri"sv,         "url"sv,
                                   "uuidata"sv,     "word"sv,        "wrapupnotes"sv};
constexpr std::array personalTrees{"attributes"sv, "customfields"sv, "messageparams"sv, "participantdata"sv};
constexpr std::array namedThings{"campaign"sv, "division"sv, "evententity"sv, "firstqueue"sv,
                                 "language"sv, "queue"sv,    "skill"sv,       "skills"sv,
                                 "team"sv,     "workflow"sv, "wrapup"sv,      "wrapupcode"sv};
constexpr std::array plainNames{"columnname"sv, "divisionname"sv, "enginename"sv, "fieldname"sv,
                                "metricname"sv, "queuename"sv,    "skillname"sv,  "topicname"sv};
static_assert(std::is_sorted(personalNames.begin(), personalNames.end()));
static_assert(std::is_sorted(personalTrees.begin(), personalTrees.end()));
static_assert(std::is_sorted(namedThings.begin(), namedThings.end()));
static_assert(std::is_sorted(plainNames.begin(), plainNames.end()));

template <typename Names>
bool isAmong(const Names& names, std::string_view name)
{
    return std::binary_search(names.begin(), names.end(), name);
}

bool isNumberLetter(char c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

bool isTextLetter(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           static_cast<unsigned char>(c) >= 0x80;
}

/// Behind the closing quotation mark of the string that starts at @p at.
std::size_t afterString(const char* json, std::size_t size, std::size_t at)
{
    for (++at; at < size && json[at] != '"'; ++at)
        at += json[at] == '\\' ? 1 : 0;
    return std::min(size, at + 1);
}

void fill(char* bytes, std::size_t begin, std::size_t end, std::vector<ByteRange>& masked)
{
    if (begin == end)
        return;
    std::fill(bytes + begin, bytes + end, '*');
    masked.push_back({quint32(begin), quint32(end - begin)});
}

} // namespace

MaskedMembers::Treatment MaskedMembers::treatmentOf(QByteArrayView name)
{
    std::array<char, 128> small{};
    if (name.isEmpty())
        return Treatment::Keep;
    // No list has a name so long, but what it ends with may still say what it is.
    if (name.size() > qsizetype(small.size()))
        name = name.last(qsizetype(small.size()));
    std::transform(name.begin(), name.end(), small.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? char(c | 0x20) : c; });
    const std::string_view key(small.data(), std::size_t(name.size()));
    if (isAmong(personalTrees, key))
        return Treatment::All;
    if (isAmong(namedThings, key))
        return Treatment::PlainNames;
    const bool isName = key.ends_with("name") && !isAmong(plainNames, key);
    const bool isPlace = key.starts_with("address") || key.ends_with("address") || key.ends_with("addresses") ||
                         key.ends_with("phonenumber") || key.ends_with("numbers");
    return isName || isPlace || isAmong(personalNames, key) ? Treatment::Text : Treatment::Keep;
}

MaskedMembers::Treatment MaskedMembers::known(QByteArrayView name)
{
    static const std::size_t seed = std::size_t(QRandomGenerator::system()->generate64());
    const quint64 hash = quint64(qHashBits(name.data(), std::size_t(name.size()), seed)) | 1U; // 0: an empty place
    KnownName& place = m_known[std::size_t(hash >> 1) % m_known.size()];
    if (place.hash != hash)
        place = {hash, treatmentOf(name)};
    return place.treatment;
}

MaskedMembers::Treatment MaskedMembers::ofMember(QByteArrayView rawName)
{
    const Treatment object = m_levels.back().treatment;
    if (object == Treatment::All)
        return Treatment::All;
    const bool isEscaped = rawName.contains('\\');
    const QByteArray resolved = isEscaped ? jsonStringText(rawName).toUtf8() : QByteArray();
    const QByteArrayView name = isEscaped ? QByteArrayView(resolved) : rawName;
    if (object == Treatment::PlainNames && name == "name")
        return Treatment::Keep;
    return known(name);
}

void MaskedMembers::mask(char* json, std::size_t size, std::vector<ByteRange>& masked)
{
    m_levels.clear();
    Treatment next = Treatment::Keep; // of the value that comes
    bool isKey = false;
    for (std::size_t at = 0; at < size;) {
        const char c = json[at];
        const bool isMasked = next == Treatment::Text || next == Treatment::All;
        std::size_t after = at + 1;
        if (c == '"') {
            after = afterString(json, size, at);
            const std::size_t end = std::max(at + 1, after - 1);
            if (isKey)
                next = ofMember(QByteArrayView(json + at + 1, qsizetype(end - at - 1)));
            else if (isMasked)
                fill(json, at + 1, end, masked);
            isKey = false;
        } else if (c == '{') {
            m_levels.push_back({true, next == Treatment::Text ? Treatment::Keep : next});
            isKey = true;
        } else if (c == '[') {
            m_levels.push_back({false, next});
        } else if ((c == '}' || c == ']') && !m_levels.empty()) {
            m_levels.pop_back();
        } else if (c == ',' && !m_levels.empty()) {
            isKey = m_levels.back().isObject;
            next = isKey ? Treatment::Keep : m_levels.back().treatment;
        } else if (isMasked && (c == '-' || (c >= '0' && c <= '9'))) {
            while (after < size && isNumberLetter(json[after]))
                ++after;
            std::replace_if(
                json + at, json + after, [](char d) { return d >= '0' && d <= '9'; }, '1');
            masked.push_back({quint32(at), quint32(after - at)});
        }
        at = after;
    }
}

void MaskedMembers::maskText(char* text, std::size_t size, std::vector<ByteRange>& masked)
{
    for (std::size_t at = 0; at < size;) {
        std::size_t end = at;
        while (end < size && isTextLetter(text[end]))
            ++end;
        fill(text, at, end, masked);
        at = end + 1;
    }
}

} // namespace framescope
