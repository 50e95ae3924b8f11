#!/usr/bin/env bash
# Sets up, builds and runs every test with ctest; arguments go to ctest:  bash tests/run.sh -R tst_decoder
# Needs no display. CI=true makes warnings errors.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bash app/build.sh tests
# Two at a time: more on few cores only makes waits longer. A later --parallel in the arguments wins.
exec ctest --test-dir build/release --output-on-failure --parallel 2 "$@"
