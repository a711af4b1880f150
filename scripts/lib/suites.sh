# Runs the Test::Nginx suites.
# shellcheck shell=bash disable=SC2154 # root and program are the caller's

# A network of their own, if that is allowed: Test::Nginx picks ports at random, and on a busy
# machine one of them may be in use.
apart=()
if unshare --net ip link set lo up 2>/dev/null; then
    # shellcheck disable=SC2016 # $@ is for the inner shell
    apart=(unshare --net sh -c 'ip link set lo up && exec "$@"' sh)
fi

# run_suites NGINX MODULE HEADERS SUITE...: in a folder and on a port of their own, so that other
# runs on this machine do not get in the way. Sets CHECKS, the number of checks that were made.
run_suites() {
    local nginx=$1 module=$2 headers=$3 output servroot=$root/t/servroot_$program status=0 port
    shift 3
    output=$(mktemp)
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    TEST_NGINX_PORT=$port TEST_NGINX_SERVROOT=$servroot \
        TEST_NGINX_BINARY=$nginx TEST_NGINX_LOAD_MODULES=$module TEST_NGINX_HEADERS=$headers \
        "${apart[@]}" prove --timer "$@" 2>&1 | tee "$output" \
        | grep --line-buffered -Ev '^nginx: \[|^unknown log name|^\tRetry connecting' || true
    grep -q '^Result: PASS$' "$output" || status=1
    # shellcheck disable=SC2034 # the caller's
    CHECKS=$(sed -n 's/^# \([0-9]*\) checks$/\1/p' "$output" | awk '{ sum += $1 } END { print sum + 0 }')
    rm -rf "$output" "$servroot"
    return "$status"
}
