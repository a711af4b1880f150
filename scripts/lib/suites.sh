# Runs the Test::Nginx suites.
# shellcheck shell=bash disable=SC2154 # root and program are the caller's

# A network of their own, if that is allowed: Test::Nginx picks ports at random, and on a busy
# machine one of them may be in use.
apart=()
if unshare --net ip link set lo up 2>/dev/null; then
    # shellcheck disable=SC2016 # $@ is for the inner shell
    apart=(unshare --net sh -c 'ip link set lo up && exec "$@"' sh)
fi

# run_suites NGINX MODULE HEADERS SUITE...: several at a time, if each has a network of its own. They
# mostly wait. Sets CHECKS, the number of checks that were made.
run_suites() {
    local nginx=$1 module=$2 headers=$3 outputs suite at_once=1 status=0
    shift 3
    ((${#apart[@]})) && at_once=$((2 * $(nproc)))
    outputs=$(mktemp -d)
    for suite in "$@"; do
        wait_for_jobs "$at_once"
        run_suite "$nginx" "$module" "$headers" "$suite" "$outputs/${suite//\//-}" &
    done
    wait
    for suite in "$@"; do
        grep -qs '^Result: PASS$' "$outputs/${suite//\//-}" || status=1
    done
    # shellcheck disable=SC2034 # the caller's
    CHECKS=$(cat "$outputs"/* | sed -n 's/^# \([0-9]*\) checks$/\1/p' | awk '{ sum += $1 } END { print sum + 0 }')
    rm -rf "$outputs"
    return "$status"
}

# run_suite NGINX MODULE HEADERS SUITE OUTPUT: in a folder and on a port of its own, so that others
# on this machine do not get in the way. Its output is printed at the end, and stays in the file.
run_suite() {
    local output=$5 servroot port
    servroot=$root/t/servroot_${program}_$(basename "$output")
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    TEST_NGINX_PORT=$port TEST_NGINX_SERVROOT=$servroot \
        TEST_NGINX_BINARY=$1 TEST_NGINX_LOAD_MODULES=$2 TEST_NGINX_HEADERS=$3 \
        "${apart[@]}" prove --timer "$4" >"$output" 2>&1 || true
    rm -rf "$servroot"
    grep -Ev '^nginx: \[|^unknown log name|^\tRetry connecting|^All tests|^Files=|^\[[0-9:]*\]$|^Result: PASS' "$output" || true
}
