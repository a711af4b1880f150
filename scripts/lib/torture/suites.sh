# The suites, for the stages.
# shellcheck shell=bash disable=SC2154 # root and program are the caller's

# run_suites NGINX MODULE SUITE...: on a port and in a folder of its own, so that other runs on this machine do not get in the
# way. What prove tells goes to stderr. Sets CHECKS, the number of checks that were made.
run_suites() {
    local nginx=$1 module=$2 output status=0 port
    shift 2
    output=$(mktemp)
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    TEST_NGINX_PORT=$port TEST_NGINX_SERVROOT=$root/t/servroot_$program TEST_NGINX_BINARY=$nginx \
        TEST_NGINX_LOAD_MODULES=$module prove --timer "$@" 2>&1 | tee "$output" \
        | grep --line-buffered -Ev '^nginx: \[|^unknown log name|^t/|^\tRetry connecting' >&2 || true
    grep -q '^Result: PASS$' "$output" || status=1
    CHECKS=$(sed -n 's/^# \([0-9]*\) checks$/\1/p' "$output" | awk '{ sum += $1 } END { print sum + 0 }')
    rm -rf "$output" "$root/t/servroot_$program"
    return "$status"
}
