#!/usr/bin/env bash
# Each file of core, ui and app stands by itself: clang reads every one alone, with all warnings and without writing
# anything. A build compiles several together (FRAMESCOPE_UNITY), where one lends its neighbour an include.
#
#   bash tests/alone.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tree=build/alone
bash app/build.sh fuzz
mkdir -p $tree
cmake -S . -B $tree -G Ninja -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_COMPILER=clang++ -DFRAMESCOPE_TESTS=OFF \
    -DFRAMESCOPE_WERROR=ON -DFRAMESCOPE_UNITY=1 >$tree/configure.log 2>&1 || {
    cat $tree/configure.log
    exit 1
}
# Of clang's precompiled headers only the compiler itself is asked, since in the build they wait for the rooms.
mapfile -t commands < <(sed -n 's/^  "command": "\(.*\)",\{0,1\}$/\1/p' $tree/compile_commands.json | sed 's/\\\(.\)/\1/g')
alone=()
for command in "${commands[@]}"; do
    case $command in
    *-emit-pch*) (cd $tree && eval "$command") ;;
    *' -c '*_autogen/*) ;;
    *) alone+=("$(sed 's/ -o [^ ]*/ -fsyntax-only/' <<<"$command")") ;;
    esac
done
printf '%s\n' "${alone[@]}" | (cd $tree && xargs -d '\n' -P "$(nproc)" -I{} sh -c '{}') || {
    echo "the files named above do not stand by themselves" >&2
    exit 1
}
echo "alone: ${#alone[@]} files"
