#include "core/simulator/scenario.h"

#include <QLatin1String>
#include <QString>
#include <array>

namespace framescope {

namespace {

using enum Fault;

constexpr auto faults = std::to_array<FaultInfo>({
    {SchemaViolation, "schema-violation", "SCHEMA-TYPE", "", 0},
    {MissingField, "missing-field", "SCHEMA-REQUIRED", "", 0},
    {BrokenJson, "broken-json", "JSON-PARSE", "", 0},
    {BadUtf8, "bad-utf8", "UTF8-INVALID", "", 0},
    {ChecksumMismatch, "checksum-mismatch", "CHECKSUM-MISMATCH", "", 0},
    {UnknownType, "unknown-type", "TYPE-UNKNOWN", "", 0},
    {OverOneMegabyte, "over-1mb", "SIZE-LARGE", "", 0},
    {OverFiveMegabytes, "over-5mb", "SIZE-GATE", "", 0},
    {FatMinute, "fat-minute", "SIZE-LARGE", "breaker-opened", 0},
    {Duplicate, "duplicate", "DUPLICATE-ID", "", 0},
    {SequenceGap, "sequence-gap", "SEQUENCE-GAP", "", 0},
    {Stall, "stall", "", "stall-detected", 0},
    {Close1001, "close-1001", "", "closed", 1001},
    {Close1008, "close-1008", "", "closed", 1008},
    {Close1011, "close-1011", "", "closed", 1011},
    {Close1012, "close-1012", "", "closed", 1012},
    {TcpReset, "tcp-reset", "", "closed", 0},
    {MuteHandshake, "mute-handshake", "", "connect-failed", 0},
    {TokenExpired, "token-expired", "", "token-cleared", 0},
    {RateLimitedTwice, "rate-limited-twice", "", "rate-limited", 0},
    {UnknownField, "unknown-field", "FIELD-UNKNOWN", "", 0},
    {NewEnumValue, "new-enum-value", "ENUM-UNKNOWN", "", 0},
    {WrongType, "wrong-type", "SCHEMA-TYPE", "", 0},
    {SlowReader, "slow-reader", "", "closed", 1008},
});
static_assert(faults.size() == std::size_t(Fault::Count_));

constexpr auto demoErrors =
    std::to_array<Fault>({SchemaViolation, MissingField, ChecksumMismatch, BrokenJson, UnknownType, BadUtf8});
constexpr auto demoWarnings = std::to_array<Fault>({Duplicate, SequenceGap});
constexpr auto oddities = std::to_array<Fault>({UnknownField, NewEnumValue, WrongType});

// The order is the one that works: the fat minute needs a fresh connection, where nothing small dilutes its mean, and
// the last three faults meet one reconnect after another: reset, then a handshake that hangs, then a token that is
// refused.
using Kind = Step::Kind;
constexpr auto badDay = std::to_array<Step>({
    {Kind::FatMinute, FatMinute, 12},
    {Kind::Traffic, Count_, 36},
    {Kind::Message, SchemaViolation},
    {Kind::Traffic, Count_, 24},
    {Kind::Message, MissingField},
    {Kind::Traffic, Count_, 24},
    {Kind::Message, BrokenJson},
    {Kind::Traffic, Count_, 24},
    {Kind::Message, BadUtf8},
    {Kind::Traffic, Count_, 24},
    {Kind::Message, ChecksumMismatch},
    {Kind::Traffic, Count_, 24},
    {Kind::Message, UnknownType},
    {Kind::Traffic, Count_, 24},
    {Kind::Message, OverOneMegabyte},
    {Kind::Traffic, Count_, 24},
    {Kind::Message, OverFiveMegabytes},
    {Kind::Traffic, Count_, 24},
    {Kind::Message, Duplicate},
    {Kind::Traffic, Count_, 24},
    {Kind::Message, SequenceGap},
    {Kind::Traffic, Count_, 24},
    {Kind::Stall, Stall},
    {Kind::Traffic, Count_, 24},
    {Kind::Close, Close1001},
    {Kind::Traffic, Count_, 24},
    {Kind::Close, Close1008},
    {Kind::Traffic, Count_, 24},
    {Kind::Close, Close1011},
    {Kind::Traffic, Count_, 24},
    {Kind::Close, Close1012},
    {Kind::Traffic, Count_, 24},
    {Kind::ExpireToken, TokenExpired},
    {Kind::Mute, MuteHandshake},
    {Kind::Reset, TcpReset},
    {Kind::Traffic, Count_, 36},
    {Kind::Finish},
});

constexpr auto scenarios = std::to_array<Scenario>({
    {"quiet", "A quiet evening: 2 frames/s, no faults", 2},
    {"busy-hour", "A busy hour: 200 frames/s, no faults", 200},
    {"storm", "A storm: 5,000 frames/s, no faults", 5000},
    {.name = "demo",
     .summary = "A working day: 2,000 frames/s in slow waves, a fault now and then, a restart of the service",
     .rate = 2000,
     .wave = 0.25,
     .errorsPerMillion = 3000,
     .warningsPerMillion = 2000,
     .errors = demoErrors,
     .warnings = demoWarnings,
     .firstCloseSeconds = 25,
     .nextCloseSeconds = 90},
    {"load", "For measuring: as fast as the client reads, no faults", 0},
    {.name = "bad-day",
     .summary = "Every fault once, then the end: for tests and training",
     .rate = 100,
     .tokenRefusals = 2,
     .script = badDay},
    {.name = "contact-centre",
     .summary = "A contact centre's day as Genesys Cloud's notifications: some 30 events/s, something odd now and then",
     .rate = 20,
     .notifications = true,
     .events = 30,
     .oddities = oddities},
    {.name = "contact-centre-outages",
     .summary = "The same day, and everything that can happen to its channels, one after another",
     .rate = 20,
     .notifications = true,
     .outages = true,
     .events = 30,
     .oddities = oddities},
});

} // namespace

const FaultInfo& faultInfo(Fault fault)
{
    return faults[std::size_t(fault)];
}

std::span<const Scenario> allScenarios()
{
    return scenarios;
}

const Scenario* scenarioByName(QStringView name)
{
    for (const Scenario& scenario : scenarios) {
        if (name == QLatin1String(scenario.name))
            return &scenario;
    }
    return nullptr;
}

} // namespace framescope
