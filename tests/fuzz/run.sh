#!/usr/bin/env bash
# Builds the fuzz targets (clang, address and undefined sanitizers) in build/fuzz, judges mutated frames, and runs each
# target, two at a time. Ends with an error when one of them found something, and prints the file that reproduces it.
#
#   bash tests/fuzz/run.sh [SECONDS] [--frames N] [--build] [TARGET...]
#
# SECONDS: of each target; default 30. N: mutated frames; default 50000. --build: builds, runs nothing.
# TARGET: decoder, schema, ...; default: all.
# What a run learns stays in build/fuzz/corpus; a file that breaks something lies in build/fuzz/finds and is run again
# with build/fuzz/bin/fuzz_TARGET FILE. Mended, it goes to tests/fuzz/corpus/TARGET, where every run begins.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$PWD
all=(decoder schema matrix topics filter block session har rest http commandline)
seconds=30 frames=50000 only_build=false targets=()
while [ $# -gt 0 ]; do
    case $1 in
    --frames) frames=${2:?--frames takes a number} && shift ;;
    --build) only_build=true ;;
    *[!0-9]*) targets+=("$1") ;;
    *) seconds=$1 ;;
    esac
    shift
done
[ ${#targets[@]} -gt 0 ] || targets=("${all[@]}")

bash app/build.sh fuzz
mkdir -p build/fuzz
# Own flags instead of a release's: quick to build, quick enough to run, and with Qt's own assertions. Sixteen files of a
# room at once, since nobody waits here for a single file.
cmake -S . -B build/fuzz -G Ninja -DCMAKE_BUILD_TYPE=Fuzz -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ \
    -DCMAKE_CXX_FLAGS_FUZZ=-O1 -DCMAKE_CXX_FLAGS="-DQT_FORCE_ASSERTS -Xclang -fno-pch-timestamp" \
    -DFRAMESCOPE_FUZZ=ON -DFRAMESCOPE_TESTS=OFF -DFRAMESCOPE_UI=OFF -DFRAMESCOPE_UNITY=16 >build/fuzz/configure.log 2>&1 || {
    cat build/fuzz/configure.log >&2
    exit 1
}
cmake --build build/fuzz --target mutate_frames "${targets[@]/#/fuzz_}" >&2
$only_build && exit 0

export ASAN_OPTIONS=${ASAN_OPTIONS:-allocator_may_return_null=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-halt_on_error=1:print_stacktrace=1}

echo "== mutated frames"
build/fuzz/bin/mutate_frames tests/fuzz/corpus/decoder "$frames" || {
    echo "mutated frames: found something; again with build/fuzz/bin/mutate_frames tests/fuzz/corpus/decoder $frames" >&2
    exit 1
}

# show_find TARGET FILE   as text too: a machine that ends with its run takes the file along
show_find() {
    echo "$1: found something; run it again with: build/fuzz/bin/fuzz_$1 ${2:-(no file was written)}"
    [ -f "${2:-}" ] || return 0
    if [ "$(stat -c %s "$2")" -gt 65536 ]; then
        echo "The file has $(stat -c %s "$2") bytes; compressed with gzip, as base64:"
        gzip -9c "$2" | base64
    else
        echo "The file, as base64:"
        base64 "$2"
    fi
}

# run_one TARGET   its output is kept in a log, and shown when it found something
run_one() {
    local name=$1 log=$root/build/fuzz/$1.log options=()
    mkdir -p "$root/build/fuzz/corpus/$name" "$root/build/fuzz/finds/$name"
    [ -f "$root/tests/fuzz/$name.dict" ] && options+=(-dict="$root/tests/fuzz/$name.dict")
    # What is wrong with arguments is told on standard error, a hundred thousand times.
    [ "$name" = commandline ] && options+=(-close_fd_mask=2)
    [ "$name" = session ] && options+=(-max_len=40000)
    if "$root/build/fuzz/bin/fuzz_$name" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=1024 \
        -print_final_stats=1 -artifact_prefix="$root/build/fuzz/finds/$name/" "${options[@]}" \
        "$root/build/fuzz/corpus/$name" "$root/tests/fuzz/corpus/$name" >"$log" 2>&1; then
        printf '%-12s %s runs, coverage %s\n' "$name" \
            "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" \
            "$(grep -o 'cov: [0-9]*' "$log" | tail -1 | grep -o '[0-9]*')"
        return 0
    fi
    tail -60 "$log" >&2
    show_find "$name" "$(grep -o "$root/build/fuzz/finds/[^ ]*" "$log" | tail -1)" >&2
    return 1
}

echo "== fuzzing, $seconds s each"
failed=0 running=0
for name in "${targets[@]}"; do
    if [ $running -ge 2 ]; then
        wait -n || failed=1
        running=$((running - 1))
    fi
    run_one "$name" &
    running=$((running + 1))
done
while [ $running -gt 0 ]; do
    wait -n || failed=1
    running=$((running - 1))
done
[ $failed = 0 ] && echo "fuzzing: nothing found"
exit $failed
