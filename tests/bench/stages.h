#pragma once
/// The stages that a message goes through, each by itself, timed with Google Benchmark over the load's own bytes.
/// Thread: main.
#include <QByteArray>
#include <string>
#include <vector>

namespace framescope::bench {

struct StageResult
{
    QByteArray name;
    double framesPerSecond = 0; ///< median of the repetitions
    double bytesPerSecond = 0;  ///< of payload, UTF-8 for text
    QByteArray problem;         ///< why there are no figures; else empty

    [[nodiscard]] double nsPerFrame() const { return framesPerSecond > 0 ? 1e9 / framesPerSecond : 0; }
};

// All of these judge interaction.update messages; names of the rows that ratios are made from.
inline constexpr const char* parseStage = "parse (simdjson)";
inline constexpr const char* hashStage = "SHA-256";
inline constexpr const char* chainStage = "decode, whole chain";
inline constexpr const char* faultyChainStage = "decode, one finding each";

/// Those whose names fit the regular expression @p which.
[[nodiscard]] std::vector<StageResult> runStages(const std::string& which);
/// Decode chain over simdjson's parse and SHA-256 of the same bytes; 0 when one of them has no figure.
[[nodiscard]] double decodeRatio(const std::vector<StageResult>& stages);
/// What the one finding of a faulty message costs more than judging a good one.
[[nodiscard]] double findingNs(const std::vector<StageResult>& stages);

} // namespace framescope::bench
