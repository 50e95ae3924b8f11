#pragma once
/// The results as one table for people and as JSON for machines. Thread: any; pure functions.
#include "tests/bench/pipelinerun.h"
#include "tests/bench/stages.h"

namespace framescope::bench {

[[nodiscard]] QByteArray stageTable(const std::vector<StageResult>& stages);
[[nodiscard]] QByteArray pipelineTable(const PipelineResult& pipeline);
[[nodiscard]] QByteArray resultJson(const std::vector<StageResult>& stages,
                                    const std::vector<PipelineResult>& pipelines);

} // namespace framescope::bench
