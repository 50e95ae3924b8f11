#!/usr/bin/env bash
# Installs what is missing and builds Framescope (Release) into build/release; programs land in build/release/bin.
#
#   bash app/build.sh           the programs
#   bash app/build.sh tests     the programs and all tests, with what the tests need
#   bash app/build.sh lint      installs the format and lint checkers only
#   bash app/build.sh bench     installs what tests/bench/run.sh builds with
#   bash app/build.sh fuzz      installs what tests/fuzz/run.sh builds with
#
# For Debian 12, as root or with sudo; asks nothing, and leaves nothing of its own outside build/. CI=true makes warnings errors.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
part=${1:-programs}

say() { printf '%s\n' "$*" >&2; }

is_installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        sudo -n "$@"
    else
        say "Not root, and sudo would ask for a password. Run this once, then try again:"
        say "    sudo apt-get install --no-install-recommends ${missing[*]}"
        exit 1
    fi
}

apt() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" </dev/null >&2; }

# need WHY PACKAGE...   installs those of the packages that are missing, and says which and why
need() {
    local why=$1 package
    shift
    missing=()
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "Installing for $why: ${missing[*]}"
    # The lists of a bare system are empty, those of an old one name files that are gone: only then are they fetched.
    apt install --no-install-recommends "${missing[@]}" && return 0
    say "Fetching the package lists first, then once more"
    apt update
    apt install --no-install-recommends "${missing[@]}"
}

install_build_tools() {
    need "compiling" g++ cmake ninja-build pkg-config
    need "the window and the network (Qt 6)" qt6-base-dev qt6-base-dev-tools libqt6opengl6-dev libgl-dev \
        qt6-websockets-dev qt6-charts-dev qt6-svg-dev
    need "decoding, checksums, session files and the keyring" libsimdjson-dev libssl-dev libsqlite3-dev libzstd-dev \
        libexpected-dev qtkeychain-qt6-dev
    need "patterns in schemas (a search that can be limited)" libpcre2-dev
    need "verified TLS connections" ca-certificates
    need "readable text in the window" fonts-inter fonts-jetbrains-mono
    # A Wayland desktop without Xwayland needs Qt's own Wayland plugin.
    if [ -n "${WAYLAND_DISPLAY:-}" ] && [ -z "${DISPLAY:-}" ]; then
        need "windows on Wayland" qt6-wayland
    fi
}

# The official Genesys SDK, for the test that the simulated service serves it. Fetched into build/, never kept here; a
# machine that cannot reach npm's registry goes without that one test, which then says so.
install_sdk() {
    command -v node >/dev/null && command -v npm >/dev/null || need "the tests (the official Genesys SDK)" nodejs npm
    local sdk=build/sdk
    cmp -s tests/integration/sdk/package-lock.json $sdk/installed.json && return 0
    mkdir -p $sdk
    cp tests/integration/sdk/package.json tests/integration/sdk/package-lock.json $sdk/
    if (cd $sdk && npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1); then
        cp tests/integration/sdk/package-lock.json $sdk/installed.json
    else
        say "The official SDK cannot be installed (see $sdk/npm.log): its test will be skipped"
    fi
}

configure() {
    local werror=OFF log=build/release/configure.log
    [ "${CI:-}" = true ] && werror=ON
    mkdir -p build/release
    if ! cmake -S . -B build/release -G Ninja -DCMAKE_BUILD_TYPE=Release -DFRAMESCOPE_WERROR=$werror >"$log" 2>&1; then
        cat "$log" >&2
        say "Configuring failed; the lines above are also in $log"
        exit 1
    fi
}

build() { cmake --build build/release "$@" >&2; }

case $part in
programs)
    install_build_tools
    configure
    build --target framescope framescope-cli
    ;;
tests)
    install_build_tools
    need "the tests (a WebSocket server that is not ours)" python3 python3-websockets
    need "the tests (a verifier of session files that is not ours)" python3 openssl
    need "the tests (a reader of CSV that is not ours)" sqlite3
    need "the tests (sign-in in a real browser)" chromium chromium-driver
    need "the tests (judges of schemas that are not ours)" json-schema-test-suite libvalijson-dev nlohmann-json3-dev
    install_sdk
    configure
    build
    ;;
lint)
    need "the format and lint checks" clang-format clang-tidy
    ;;
bench)
    install_build_tools
    need "the benchmarks" libbenchmark-dev
    ;;
fuzz)
    install_build_tools
    need "the fuzz targets" clang libclang-rt-dev llvm
    ;;
*)
    say "app/build.sh takes nothing, 'tests', 'lint', 'bench' or 'fuzz', not '$part'"
    exit 2
    ;;
esac
