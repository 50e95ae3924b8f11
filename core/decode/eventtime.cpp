#include "core/decode/eventtime.h"

#include "core/base/clock.h"

#include <chrono>

namespace framescope {

namespace {

using simdjson::dom::element;

constexpr quint64 firstMs = 946'684'800'000;  // 2000-01-01
constexpr quint64 lastMs = 7'258'118'400'000; // 2200-01-01

/// Takes a text apart from the left; after the first thing that does not fit, nothing fits any more.
class IsoText
{
public:
    explicit IsoText(std::string_view text)
        : m_rest(text)
    {
    }

    int number(std::size_t digits)
    {
        int value = 0;
        m_good = m_good && m_rest.size() >= digits;
        for (std::size_t i = 0; m_good && i < digits; ++i) {
            m_good = m_rest[i] >= '0' && m_rest[i] <= '9';
            value = value * 10 + (m_rest[i] - '0');
        }
        if (m_good)
            m_rest.remove_prefix(digits);
        return m_good ? value : 0;
    }
    void letter(char wanted) { m_good = take(wanted) && m_good; }
    bool take(char wanted)
    {
        if (!m_good || m_rest.empty() || m_rest.front() != wanted)
            return false;
        m_rest.remove_prefix(1);
        return true;
    }
    /// What follows a decimal point, in ns; digits after the ninth are dropped.
    qint64 fraction()
    {
        qint64 ns = 0;
        qint64 unit = nsPerSecond;
        std::size_t digits = 0;
        for (; digits < m_rest.size() && m_rest[digits] >= '0' && m_rest[digits] <= '9'; ++digits) {
            unit /= 10;
            ns += unit * (m_rest[digits] - '0');
        }
        m_good = m_good && digits > 0;
        m_rest.remove_prefix(digits);
        return ns;
    }
    void fail() { m_good = false; }
    [[nodiscard]] bool isDone() const { return m_good && m_rest.empty(); }

private:
    std::string_view m_rest;
    bool m_good = true;
};

/// Seconds east of Greenwich.
int zoneSeconds(IsoText& text)
{
    if (text.take('Z') || text.take('z'))
        return 0;
    const bool isWest = text.take('-');
    if (!isWest)
        text.letter('+');
    const int hours = text.number(2);
    text.take(':');
    const int minutes = text.number(2);
    if (hours > 23 || minutes > 59)
        text.fail();
    return (isWest ? -1 : 1) * (hours * 3600 + minutes * 60);
}

std::optional<element> memberNamed(element object, std::string_view name)
{
    const PathStep step{name, -1};
    return valueAt(object, std::span(&step, 1));
}

} // namespace

qint64 wallNsOf(element value)
{
    switch (value.type()) {
    case simdjson::dom::element_type::STRING:
        return wallNsFromIso(stringOf(value));
    case simdjson::dom::element_type::INT64:
        return wallNsFromEpochMs(quint64(value.get_int64().value_unsafe()));
    case simdjson::dom::element_type::UINT64:
        return wallNsFromEpochMs(value.get_uint64().value_unsafe());
    default:
        return 0;
    }
}

QByteArray aheadExpected()
{
    return "at most " + QByteArray::number(aheadToleranceNs / nsPerSecond) + " s";
}

QByteArray aheadActual(qint64 aheadNs)
{
    return QByteArray::number(double(aheadNs) / double(nsPerSecond), 'f', 3) + " s ahead of its arrival";
}

qint64 wallNsFromEpochMs(quint64 ms)
{
    return ms >= firstMs && ms < lastMs ? qint64(ms) * 1'000'000 : 0;
}

qint64 wallNsFromIso(std::string_view text)
{
    IsoText iso(text);
    const int year = iso.number(4);
    iso.letter('-');
    const int month = iso.number(2);
    iso.letter('-');
    const int day = iso.number(2);
    if (!iso.take('t') && !iso.take(' '))
        iso.letter('T');
    const int hour = iso.number(2);
    iso.letter(':');
    const int minute = iso.number(2);
    iso.letter(':');
    const int second = iso.number(2);
    const qint64 fractionNs = iso.take('.') ? iso.fraction() : 0;
    const int zone = zoneSeconds(iso);
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(unsigned(month)),
                                           std::chrono::day(unsigned(day))};
    constexpr int leapSecond = 60;
    if (!iso.isDone() || !date.ok() || year < 2000 || year > 2199 || hour > 23 || minute > 59 || second > leapSecond)
        return 0;
    const qint64 days = std::chrono::sys_days(date).time_since_epoch().count();
    return (days * 86'400 + hour * 3600 + minute * 60 + second - zone) * nsPerSecond + fractionNs;
}

/// One pass over the body's own members. What states the event's time as such counts before what states when a part of
/// the state changed; of several such changes the latest is the one that the event is about.
EventTime eventTimeOf(simdjson::dom::object body)
{
    EventTime stated;
    EventTime changed;
    const auto state = [&stated](std::string_view name, element value) {
        if (stated.wallNs == 0)
            stated = {wallNsOf(value), {PathStep{name, -1}, {}}, 1};
    };
    const auto change = [&changed](std::string_view name, std::string_view inner, element value) {
        const std::optional<element> time = inner.empty() ? value : memberNamed(value, inner);
        const qint64 ns = time ? wallNsOf(*time) : 0;
        if (ns > changed.wallNs)
            changed = {ns, {PathStep{name, -1}, PathStep{inner, -1}}, inner.empty() ? 1U : 2U};
    };
    for (const auto [name, value] : body) {
        if (name == "eventTime" || name == "timestamp" || name == "metricDate")
            state(name, value);
        else if (name == "modifiedDate")
            change(name, {}, value);
        else if (name == "routingStatus")
            change(name, "startTime", value);
        else if (name == "presence")
            change(name, "modifiedDate", value);
    }
    return stated.wallNs != 0 ? stated : changed;
}

} // namespace framescope
