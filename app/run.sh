#!/usr/bin/env bash
# Builds Framescope if need be and starts it.
#
#   bash app/run.sh             the built-in demo: the simulator on loopback, live in the window. Where there is no display, the
#                               same demo runs for 15 s in the terminal and leaves a session file and audit.csv in build/demo
#   bash app/run.sh ARGS        framescope ARGS
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
here=$PWD
bash app/build.sh

if [ $# -gt 0 ]; then
    cd - >/dev/null # file names in ARGS are meant as they were typed
    exec "$here/build/release/bin/framescope" "$@"
fi

# The demo touches neither the settings nor the sessions of the person who tries it.
umask 077
mkdir -p build/demo/{config,state,data,cache}
export XDG_CONFIG_HOME=$here/build/demo/config XDG_STATE_HOME=$here/build/demo/state
export XDG_DATA_HOME=$here/build/demo/data XDG_CACHE_HOME=$here/build/demo/cache

# A display counts when its socket is there; a name without a host is local.
has_display() {
    if [ -n "${WAYLAND_DISPLAY:-}" ]; then
        case $WAYLAND_DISPLAY in
        /*) [ -S "$WAYLAND_DISPLAY" ] && return 0 ;;
        *) [ -S "${XDG_RUNTIME_DIR:-/nowhere}/$WAYLAND_DISPLAY" ] && return 0 ;;
        esac
    fi
    case ${DISPLAY:-} in
    '') return 1 ;;
    :*)
        local number=${DISPLAY#:}
        [ -S "/tmp/.X11-unix/X${number%%.*}" ]
        ;;
    *) return 0 ;; # another host's, such as ssh -X: only trying shows
    esac
}

demo_in_terminal() {
    local session
    session=build/demo/demo-$(date -u +%Y-%m-%dT%H%M%SZ)-$$.framescope
    build/release/bin/framescope-cli record --demo --seconds 15 --session "$session" --audit-csv build/demo/audit.csv
}

if ! has_display; then
    echo "There is no display here: the demo runs for 15 seconds in the terminal instead." >&2
    demo_in_terminal
    exit
fi

started=$SECONDS
status=0
build/release/bin/framescope --demo || status=$?
# 134 is how Qt ends when it cannot open the display that the environment names.
if [ $status = 134 ] && [ $((SECONDS - started)) -lt 5 ]; then
    echo "The display ${WAYLAND_DISPLAY:-${DISPLAY:-}} cannot be opened: the demo runs for 15 seconds in the terminal instead." >&2
    demo_in_terminal
    exit
fi
exit $status
