# The suites, for the stages.
# shellcheck shell=bash disable=SC2154,SC2034 # root, program and CHECKS are the caller's

# Where it is allowed, a network of its own with nothing in it but the suites: Test::Nginx picks ports at random, and on a busy
# machine one of them may be in use.
apart=()
if unshare --net ip link set lo up 2>/dev/null; then
    apart=(unshare --net sh -c 'ip link set lo up && exec "$@"' sh)
fi

# run_suites NGINX MODULE HEADERS SUITE...: in a folder and on a port of its own, so that other runs on this machine do not get in the
# way. What prove tells goes to stderr. Sets CHECKS, the number of checks that were made.
run_suites() {
    local nginx=$1 module=$2 headers=$3 output status=0 port
    shift 3
    # Some suites try the pta command as well.
    [[ -n ${COMMAND-} ]] || build_command
    output=$(mktemp)
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    PTA_COMMAND=$COMMAND TEST_NGINX_PORT=$port TEST_NGINX_SERVROOT=$root/t/servroot_$program TEST_NGINX_BINARY=$nginx \
        TEST_NGINX_LOAD_MODULES=$module TEST_NGINX_HEADERS=$headers "${apart[@]}" prove --timer "$@" 2>&1 | tee "$output" \
        | grep --line-buffered -Ev '^nginx: \[|^unknown log name|^t/|^\tRetry connecting' >&2 || true
    grep -q '^Result: PASS$' "$output" || status=1
    CHECKS=$(sed -n 's/^# \([0-9]*\) checks$/\1/p' "$output" | awk '{ sum += $1 } END { print sum + 0 }')
    rm -rf "$output" "$root/t/servroot_$program"
    return "$status"
}
