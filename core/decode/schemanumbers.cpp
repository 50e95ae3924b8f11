// Reading and checking `minimum`, `maximum`, their exclusive forms and `multipleOf`: draft-07 validation, section 6.2;
// draft-04 validation, sections 5.1.2 and 5.1.3.
#include "core/decode/schemacompiler.h"
#include "core/decode/schemavalidator.h"

#include <array>
#include <charconv>
#include <cmath>

namespace framescope {

namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

bool isNumber(element value)
{
    return (jsonTypesOf(value) & JsonType::Number) != 0;
}

/// Less than 0, 0, or more than 0; exact. Comparing 64-bit integers as such is many times faster than what else is.
int compare(element a, element b)
{
    if (a.type() == element_type::INT64 && b.type() == element_type::INT64) {
        const std::int64_t left = a.get_int64().value_unsafe();
        const std::int64_t right = b.get_int64().value_unsafe();
        return left < right ? -1 : left > right ? 1 : 0;
    }
    const long double left = jsonNumber(a);
    const long double right = jsonNumber(b);
    return left < right ? -1 : left > right ? 1 : 0;
}

/// A number's absolute value as digits and a power of ten, as it would be written shortest.
struct Decimal
{
    quint64 digits = 0;
    int exponent = 0;
};

Decimal decimalOf(element value)
{
    if (value.type() == element_type::UINT64)
        return {value.get_uint64().value_unsafe(), 0};
    if (value.type() == element_type::INT64) {
        const std::int64_t number = value.get_int64().value_unsafe();
        return {number < 0 ? 0 - quint64(number) : quint64(number), 0};
    }
    std::array<char, 32> text{};
    const double number = std::fabs(value.get_double().value_unsafe());
    const auto written = std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::scientific);
    Decimal decimal; // "1.25e+02": 17 digits at most
    const char* at = text.data();
    bool isFraction = false;
    for (; at != written.ptr && *at != 'e'; ++at) {
        if (*at == '.') {
            isFraction = true;
            continue;
        }
        decimal.digits = decimal.digits * 10 + quint64(*at - '0');
        decimal.exponent -= isFraction ? 1 : 0;
    }
    if (at != written.ptr) {
        int power = 0;
        const bool isSigned = at + 1 != written.ptr && at[1] == '+';
        std::from_chars(at + (isSigned ? 2 : 1), written.ptr, power);
        decimal.exponent += power;
    }
    return decimal;
}

/// People mean decimal numbers, and so does JSON Schema: 0.3 is a multiple of 0.1, although no binary form of it is.
bool isMultiple(element value, element of)
{
    __extension__ typedef unsigned __int128 Wide;
    Decimal number = decimalOf(value);
    Decimal step = decimalOf(of);
    if (number.digits == 0)
        return true;
    constexpr quint64 base = 10;
    for (; step.digits % base == 0; ++step.exponent)
        step.digits /= base;
    for (; number.digits % base == 0; ++number.exponent)
        number.digits /= base;
    if (number.exponent < step.exponent) // its last digit is not 0 and stands behind all of the step's
        return false;
    // number.digits * 10^difference modulo step.digits, with a difference of at most about 650
    Wide rest = number.digits % step.digits;
    for (int power = number.exponent - step.exponent; power > 0 && rest != 0; --power)
        rest = rest * base % step.digits;
    return rest == 0;
}

} // namespace

template <std::optional<element> SchemaNumbers::*bound>
void SchemaCompiler::readBound(Node& node, Element value, const QByteArray& at)
{
    if (!isNumber(value))
        fail(ErrorCode::Parse, QStringLiteral("the value of this keyword is a number"), at);
    else
        schemaGroup(node.numbers).*bound = value;
}

/// A number of its own since draft-06, a flag beside the other bound in draft-04.
template <std::optional<element> SchemaNumbers::*bound, bool SchemaNumbers::*flag>
void SchemaCompiler::readExclusive(Node& node, Element value, const QByteArray& at)
{
    const bool allowsFlag = m_dialect == SchemaDialect::Draft4 || !m_dialectIsStated;
    const bool allowsNumber = m_dialect != SchemaDialect::Draft4 || !m_dialectIsStated;
    if (value.is_bool() && allowsFlag)
        schemaGroup(node.numbers).*flag = value.get_bool().value_unsafe();
    else if (value.is_bool() || (isNumber(value) && !allowsNumber))
        fail(ErrorCode::Unsupported,
             QStringLiteral("in %1 this keyword is a %2")
                 .arg(dialectName(m_dialect), allowsFlag ? QStringLiteral("boolean") : QStringLiteral("number")),
             at);
    else
        readBound<bound>(node, value, at);
}

void SchemaCompiler::readMultipleOf(Node& node, Element value, const QByteArray& at)
{
    if (isNumber(value) && jsonNumber(value) <= 0)
        fail(ErrorCode::Parse, QStringLiteral("\"multipleOf\" is greater than 0"), at);
    else
        readBound<&SchemaNumbers::multipleOf>(node, value, at);
}

void SchemaCompiler::finishNumbers(Node& node)
{
    SchemaNumbers* numbers = node.numbers.get();
    if (!numbers)
        return;
    if (numbers->minimumIsExclusive && numbers->minimum)
        numbers->exclusiveMinimum = std::exchange(numbers->minimum, std::nullopt);
    if (numbers->maximumIsExclusive && numbers->maximum)
        numbers->exclusiveMaximum = std::exchange(numbers->maximum, std::nullopt);
}

template void SchemaCompiler::readBound<&SchemaNumbers::minimum>(Node&, Element, const QByteArray&);
template void SchemaCompiler::readBound<&SchemaNumbers::maximum>(Node&, Element, const QByteArray&);
template void
SchemaCompiler::readExclusive<&SchemaNumbers::exclusiveMinimum, &SchemaNumbers::minimumIsExclusive>(Node&, Element,
                                                                                                    const QByteArray&);
template void
SchemaCompiler::readExclusive<&SchemaNumbers::exclusiveMaximum, &SchemaNumbers::maximumIsExclusive>(Node&, Element,
                                                                                                    const QByteArray&);

bool SchemaValidator::checkNumber(const Node& node, Element value)
{
    const SchemaNumbers& numbers = *node.numbers;
    bool good = true;
    const auto require = [&](bool holds, const char* keyword, const char* words, const std::optional<Element>& bound) {
        if (!holds)
            good = fail(FindingId::SchemaRange, node, keyword, [&] { return words + jsonEvidence(*bound); });
    };
    require(!numbers.minimum || compare(value, *numbers.minimum) >= 0, "minimum", "at least ", numbers.minimum);
    require(!numbers.maximum || compare(value, *numbers.maximum) <= 0, "maximum", "at most ", numbers.maximum);
    require(!numbers.exclusiveMinimum || compare(value, *numbers.exclusiveMinimum) > 0, "exclusiveMinimum",
            "more than ", numbers.exclusiveMinimum);
    require(!numbers.exclusiveMaximum || compare(value, *numbers.exclusiveMaximum) < 0, "exclusiveMaximum",
            "less than ", numbers.exclusiveMaximum);
    require(!numbers.multipleOf || isMultiple(value, *numbers.multipleOf), "multipleOf", "a multiple of ",
            numbers.multipleOf);
    return good;
}

} // namespace framescope
