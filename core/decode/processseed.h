#pragma once
/// Where this room's hashes of foreign texts begin, so that nobody can choose texts that collide. Thread: any.
#include <QRandomGenerator>
#include <cstddef>

namespace framescope {

/// Random, and the same for as long as the process lives.
[[nodiscard]] inline std::size_t processSeed()
{
    static const std::size_t seed = std::size_t(QRandomGenerator::system()->generate64());
    return seed;
}

} // namespace framescope
