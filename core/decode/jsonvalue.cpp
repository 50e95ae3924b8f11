#include "core/decode/jsonvalue.h"

#include "core/decode/findingcollector.h"
#include "core/decode/processseed.h"

#include <QHashFunctions>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

namespace framescope {

namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr std::array<std::pair<quint8, const char*>, 7> typeNames{{{JsonType::Null, "null"},
                                                                   {JsonType::Boolean, "boolean"},
                                                                   {JsonType::Integer, "integer"},
                                                                   {JsonType::Number, "number"},
                                                                   {JsonType::String, "string"},
                                                                   {JsonType::Array, "array"},
                                                                   {JsonType::Object, "object"}}};

/// Where the parser's counts end.
constexpr std::size_t countedByParser = 0xFFFFFF;

template <typename Container>
quint64 counted(Container container)
{
    quint64 count = 0;
    for (auto each = container.begin(); each != container.end(); ++each)
        ++count;
    return count;
}

quint64 mixed(quint64 value)
{
    value ^= value >> 33;
    value *= 0xff51afd7ed558ccdULL; // finaliser constant of MurmurHash3 (public domain)
    return value ^ (value >> 29);
}

bool arraysEqual(simdjson::dom::array a, simdjson::dom::array b, qint64& budget)
{
    if (a.size() != b.size()) // also where the counts end
        return false;
    auto right = b.begin();
    for (const element left : a) {
        if (right == b.end() || !jsonEqual(left, *right, budget))
            return false;
        ++right;
    }
    return !(right != b.end());
}

using Member = std::pair<std::string_view, element>;

std::vector<Member> sortedMembers(simdjson::dom::object object)
{
    std::vector<Member> members;
    for (const auto field : object)
        members.emplace_back(field.key, field.value);
    std::stable_sort(members.begin(), members.end(),
                     [](const Member& a, const Member& b) { return a.first < b.first; });
    return members;
}

bool objectsEqual(simdjson::dom::object a, simdjson::dom::object b, qint64& budget)
{
    if (a.size() != b.size())
        return false;
    // Mostly they are written in the same order.
    auto right = b.begin();
    bool isSameOrder = true;
    for (const auto field : a) {
        isSameOrder = right != b.end() && field.key == right.key();
        if (!isSameOrder)
            break;
        if (!jsonEqual(field.value, right.value(), budget))
            return false;
        ++right;
    }
    if (isSameOrder)
        return true;
    budget -= qint64(a.size()) * 8; // sorting
    if (budget < 0)
        return false;
    const std::vector<Member> left = sortedMembers(a);
    const std::vector<Member> sorted = sortedMembers(b);
    return std::equal(left.begin(), left.end(), sorted.begin(), sorted.end(), [&](const Member& x, const Member& y) {
        return x.first == y.first && jsonEqual(x.second, y.second, budget);
    });
}

/// With quotes and escapes (RFC 8259 section 7).
void appendText(QByteArray& text, std::string_view value)
{
    text += '"';
    for (const char byte : value.substr(0, std::size_t(evidenceLimit) + 1)) {
        if (byte == '"' || byte == '\\')
            (text += '\\') += byte;
        else if (static_cast<unsigned char>(byte) < 0x20)
            text += "\\u" + QByteArray::number(int(byte), 16).rightJustified(4, '0');
        else
            text += byte;
    }
    text += '"';
}

void appendEvidence(QByteArray& text, element value)
{
    if (text.size() > evidenceLimit)
        return;
    const auto separate = [&](bool isFirst) { text += isFirst ? "" : ","; };
    bool isFirst = true;
    if (value.is_array()) {
        text += '[';
        for (const element item : arrayOf(value)) {
            separate(std::exchange(isFirst, false));
            appendEvidence(text, item);
            if (text.size() > evidenceLimit)
                return;
        }
        text += ']';
    } else if (value.is_object()) {
        text += '{';
        for (const auto field : objectOf(value)) {
            separate(std::exchange(isFirst, false));
            appendText(text, field.key);
            text += ':';
            appendEvidence(text, field.value);
            if (text.size() > evidenceLimit)
                return;
        }
        text += '}';
    } else if (value.is_string()) {
        appendText(text, stringOf(value));
    } else {
        const std::string scalar = simdjson::minify(value);
        text.append(scalar.data(), qsizetype(scalar.size()));
    }
}

bool isNumber(element_type type)
{
    return type == element_type::INT64 || type == element_type::UINT64 || type == element_type::DOUBLE;
}

} // namespace

quint8 jsonTypesOf(double number)
{
    return std::trunc(number) == number ? JsonType::Integer | JsonType::Number : JsonType::Number;
}

quint8 jsonTypeFromName(std::string_view name)
{
    for (const auto& [type, text] : typeNames) {
        if (name == text)
            return type;
    }
    return 0;
}

QByteArray jsonTypeNames(quint8 types)
{
    QByteArray text;
    for (const auto& [type, name] : typeNames) {
        const bool isNamed =
            (types & type) != 0 || (type == JsonType::Integer && (types & JsonType::WrittenInteger) != 0);
        if (!isNamed || (type == JsonType::Integer && (types & JsonType::Number) != 0))
            continue;
        text += text.isEmpty() ? QByteArray(name) : QByteArray(" or ") + name;
    }
    return text;
}

long double jsonNumber(element number)
{
    switch (number.type()) {
    case element_type::INT64:
        return static_cast<long double>(number.get_int64().value_unsafe());
    case element_type::UINT64:
        return static_cast<long double>(number.get_uint64().value_unsafe());
    case element_type::DOUBLE:
        return static_cast<long double>(number.get_double().value_unsafe());
    default:
        return 0;
    }
}

bool jsonEqual(element a, element b, qint64& budget)
{
    if (--budget < 0)
        return false;
    const element_type type = a.type();
    if (isNumber(type) && isNumber(b.type()))
        return jsonNumber(a) == jsonNumber(b);
    if (type != b.type())
        return false;
    switch (type) {
    case element_type::STRING:
        return stringOf(a) == stringOf(b);
    case element_type::BOOL:
        return a.get_bool().value_unsafe() == b.get_bool().value_unsafe();
    case element_type::ARRAY:
        return arraysEqual(arrayOf(a), arrayOf(b), budget);
    case element_type::OBJECT:
        return objectsEqual(objectOf(a), objectOf(b), budget);
    default:
        return true; // null
    }
}

quint64 jsonHash(element value, qint64& budget)
{
    if (--budget < 0)
        return 0;
    switch (value.type()) {
    case element_type::STRING:
        return jsonTextHash(stringOf(value));
    case element_type::BOOL:
        return value.get_bool().value_unsafe() ? 0x51 : 0x52;
    case element_type::ARRAY: {
        quint64 hash = 0x61;
        for (const element item : arrayOf(value)) {
            hash = mixed(hash + jsonHash(item, budget));
            if (budget < 0)
                break;
        }
        return hash;
    }
    case element_type::OBJECT: {
        quint64 hash = 0x71; // a sum: members have no order
        for (const auto field : objectOf(value)) {
            hash += mixed(jsonTextHash(field.key) ^ mixed(jsonHash(field.value, budget)));
            if (budget < 0)
                break;
        }
        return mixed(hash);
    }
    case element_type::NULL_VALUE:
        return 0x81;
    default: {
        const double number = static_cast<double>(jsonNumber(value)) + 0.0; // -0.0 becomes 0.0
        quint64 bits = 0;
        std::memcpy(&bits, &number, sizeof bits);
        return mixed(bits ^ processSeed()) ^ processSeed();
    }
    }
}

quint64 jsonHash(element value)
{
    qint64 budget = std::numeric_limits<qint64>::max();
    return jsonHash(value, budget);
}

quint64 jsonTextHash(std::string_view text)
{
    return quint64(qHashBits(text.data(), text.size(), processSeed()));
}

quint64 jsonCount(simdjson::dom::array array)
{
    return array.size() < countedByParser ? array.size() : counted(array);
}

quint64 jsonCount(simdjson::dom::object object)
{
    return object.size() < countedByParser ? object.size() : counted(object);
}

QByteArray jsonEvidence(element value)
{
    QByteArray text;
    appendEvidence(text, value);
    return text;
}

std::optional<element> valueAt(element root, std::span<const PathStep> path)
{
    element value = root;
    for (const PathStep& step : path) {
        simdjson::simdjson_result<element> next = simdjson::NO_SUCH_FIELD;
        if (value.is_object())
            next = objectOf(value).at_key(step.name);
        else if (value.is_array() && step.index >= 0)
            next = arrayOf(value).at(std::size_t(step.index));
        if (next.error() != simdjson::SUCCESS)
            return std::nullopt;
        value = next.value_unsafe();
    }
    return value;
}

} // namespace framescope
