#pragma once
/// What JSON Schema means by "equal", "integer" and "less" for parsed values: 1 equals 1.0, members have no order.
/// Thread: any; pure functions. Recursion is bounded by the reader's depth limit.
#include "core/decode/jsonpath.h"

#include <QByteArray>
#include <QtGlobal>
#include <optional>
#include <simdjson.h>
#include <span>

namespace framescope {

namespace JsonType {
inline constexpr quint8 Null = 1;
inline constexpr quint8 Boolean = 2;
inline constexpr quint8 Integer = 4;
inline constexpr quint8 Number = 8;
inline constexpr quint8 String = 16;
inline constexpr quint8 Array = 32;
inline constexpr quint8 Object = 64;
/// Written without fraction and exponent: what draft-04 calls an integer. 3.0 is one only since draft-06.
inline constexpr quint8 WrittenInteger = 128;
inline constexpr quint8 Any = 255;
} // namespace JsonType

/// Values of elements whose type is known. By value: a range-for over simdjson's own temporary result would dangle.
[[nodiscard]] inline simdjson::dom::array arrayOf(simdjson::dom::element value)
{
    return value.get_array().value_unsafe();
}
[[nodiscard]] inline simdjson::dom::object objectOf(simdjson::dom::element value)
{
    return value.get_object().value_unsafe();
}
[[nodiscard]] inline std::string_view stringOf(simdjson::dom::element value)
{
    return value.get_string().value_unsafe();
}

/// Of a DOUBLE: 3.0 is an integer.
[[nodiscard]] quint8 jsonTypesOf(double number);
/// The types that @p value has, as JsonType bits: 3 is an integer and a number, and so is 3.0. Of what is no number,
/// just the one bit.
[[nodiscard]] inline quint8 jsonTypesOf(simdjson::dom::element value)
{
    switch (value.type()) {
    case simdjson::dom::element_type::NULL_VALUE:
        return JsonType::Null;
    case simdjson::dom::element_type::BOOL:
        return JsonType::Boolean;
    case simdjson::dom::element_type::INT64:
    case simdjson::dom::element_type::UINT64:
        return JsonType::WrittenInteger | JsonType::Integer | JsonType::Number;
    case simdjson::dom::element_type::DOUBLE:
        return jsonTypesOf(value.get_double().value_unsafe());
    case simdjson::dom::element_type::STRING:
        return JsonType::String;
    case simdjson::dom::element_type::ARRAY:
        return JsonType::Array;
    case simdjson::dom::element_type::OBJECT:
        return JsonType::Object;
    }
    return 0;
}
/// The bit of a JSON Schema type name; 0 when there is none of that name.
[[nodiscard]] quint8 jsonTypeFromName(std::string_view name);
/// "integer or null"
[[nodiscard]] QByteArray jsonTypeNames(quint8 types);

/// Both take one off @p budget for each value that they look at; below 0 they stop, and the answer means nothing.
[[nodiscard]] bool jsonEqual(simdjson::dom::element a, simdjson::dom::element b, qint64& budget);
/// Equal values have equal hashes. Seeded per process.
[[nodiscard]] quint64 jsonHash(simdjson::dom::element value, qint64& budget);
[[nodiscard]] quint64 jsonHash(simdjson::dom::element value);
[[nodiscard]] quint64 jsonTextHash(std::string_view text);

/// How many items or members there are. The parser's own count ends at 2^24 - 1.
[[nodiscard]] quint64 jsonCount(simdjson::dom::array array);
[[nodiscard]] quint64 jsonCount(simdjson::dom::object object);

/// The value as JSON text, to be shown: no more of it than evidence may be long.
[[nodiscard]] QByteArray jsonEvidence(simdjson::dom::element value);

/// Exact for all 64-bit integers: a long double of x86 and of arm64 holds each of them.
[[nodiscard]] long double jsonNumber(simdjson::dom::element number);
[[nodiscard]] std::optional<simdjson::dom::element> valueAt(simdjson::dom::element root,
                                                            std::span<const PathStep> path);

} // namespace framescope
