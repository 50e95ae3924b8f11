#pragma once
/// Scenarios as data: the rate, the share and kinds of faults that are strewn in, and, for a finite one, the script.
/// Thread: any; static data. Units: rates in frames/s, shares per million.
#include <QByteArrayView>
#include <QStringView>
#include <QtGlobal>
#include <span>

namespace framescope {

enum class Fault : quint8
{
    // in one message
    SchemaViolation,
    MissingField,
    BrokenJson,
    BadUtf8,
    ChecksumMismatch,
    UnknownType,
    OverOneMegabyte,
    OverFiveMegabytes,
    FatMinute,
    Duplicate,
    SequenceGap,
    // of the connection
    Stall,
    Close1001,
    Close1008,
    Close1011,
    Close1012,
    TcpReset,
    // of what comes before a connection
    MuteHandshake,
    TokenExpired,
    RateLimitedTwice,
    // in one notification
    UnknownField,
    NewEnumValue,
    WrongType,
    // of a notification socket
    SlowReader,
    Count_
};

struct FaultInfo
{
    Fault fault;
    const char* name;    ///< "schema-violation"
    const char* finding; ///< what the reader must find; empty: nothing in a message
    const char* event;   ///< what the audit must say; empty: nothing
    quint16 closeCode;   ///< of the close-... faults, else 0
};

[[nodiscard]] const FaultInfo& faultInfo(Fault fault);

/// One line of a script.
struct Step
{
    enum class Kind
    {
        Traffic,     ///< `count` good messages
        Message,     ///< one message with `fault`
        FatMinute,   ///< up to `count` messages of 3 MB, one at a time, until the client has had enough and leaves
        Stall,       ///< begins a message and never ends it; goes on when the client has left
        Close,       ///< closes with the code of `fault`
        Reset,       ///< TCP RST
        ExpireToken, ///< from now on the tokens issued so far are refused
        Mute,        ///< the next handshake is never answered
        Finish       ///< close 1000; the scenario is over
    };
    Kind kind = Kind::Traffic;
    Fault fault = Fault::Count_;
    int count = 1;
};

struct Scenario
{
    const char* name;
    const char* summary;
    double rate;     ///< 0: as fast as the client reads
    double wave = 0; ///< the rate swings slowly by this share
    quint32 errorsPerMillion = 0;
    quint32 warningsPerMillion = 0;
    std::span<const Fault> errors = {};
    std::span<const Fault> warnings = {};
    double firstCloseSeconds = 0; ///< close 1001 so long after the first connection; 0: never
    double nextCloseSeconds = 0;  ///< and so long after each later one
    int tokenRefusals = 0;        ///< so many token requests are answered with 429 first
    std::span<const Step> script = {};
    bool notifications = false;           ///< serves Genesys Cloud's notifications as well
    bool outages = false;                 ///< ... and plays each ChannelFault in turn, again and again
    double events = 0;                    ///< notifications/s of the demo topics, about
    std::span<const Fault> oddities = {}; ///< strewn into the notifications
};

[[nodiscard]] std::span<const Scenario> allScenarios();
[[nodiscard]] const Scenario* scenarioByName(QStringView name);

} // namespace framescope
