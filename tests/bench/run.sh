#!/usr/bin/env bash
# Builds the benchmarks (Release, in build/bench), prints one table and writes the same figures to build/bench/result.json.
#
#   bash tests/bench/run.sh [--frames N] [--rounds N] [--only stages|pipeline] [--writing each|blocks] [--folder FOLDER]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
bash app/build.sh bench
mkdir -p build/bench
cmake -S . -B build/bench -G Ninja -DCMAKE_BUILD_TYPE=Release -DFRAMESCOPE_TESTS=OFF -DFRAMESCOPE_BENCH=ON \
    >build/bench/configure.log 2>&1 || {
    cat build/bench/configure.log >&2
    exit 1
}
cmake --build build/bench --target framescope-bench >&2
exec build/bench/bin/framescope-bench --json build/bench/result.json "$@"
