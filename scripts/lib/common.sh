# Shared by the scripts: messages, jobs, apt-get, and what is done at the exit.
# shellcheck shell=bash

program=$(basename "$0")

say() {
    printf '%s: %s\n' "$program" "$*" >&2
}

die() {
    printf '%s: %s\n' "$program" "$1" >&2
    exit "${2-1}"
}

join() {
    local separator=$1 first=${2-}
    shift 2 || return 0
    printf '%s' "$first" "${@/#/$separator}"
}

# at_exit COMMAND: runs it when the script ends, for whatever reason. The last one runs first.
exit_commands=()
at_exit() {
    exit_commands=("$1" "${exit_commands[@]}")
    trap run_exit_commands EXIT
}

run_exit_commands() {
    local command
    for command in "${exit_commands[@]}"; do
        eval "$command" || true
    done
}

# Shows a command's output only if it fails.
run_quietly() {
    local output status=0
    output=$(mktemp)
    "$@" >"$output" 2>&1 || status=$?
    if ((status)); then
        cat "$output" >&2
        say "failed with status $status: $*"
    fi
    rm -f "$output"
    return "$status"
}

# wait_for_jobs NUMBER: returns when fewer jobs of this shell are running. How they end is not its
# matter.
wait_for_jobs() {
    while (($(jobs -rp | wc -l) >= $1)); do
        wait -n || true
    done
}

os_release_id() {
    # shellcheck disable=SC1091
    (source /etc/os-release 2>/dev/null && printf '%s-%s' "${ID-unknown}" "${VERSION_ID-unknown}") || printf unknown
}

installed() {
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

as_root() {
    if ((EUID == 0)); then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "installing packages needs root: run as root, or install sudo"
    fi
}

# apt_get ARGUMENT...: apt-get as root. Its output is shown only if it fails. Another apt may be
# running, for example the daily one of a machine that has just started: waits for its locks, for
# ten minutes at most. apt-get itself waits only for dpkg's lock (DPkg::Lock::Timeout), and not for
# those of the package lists and of the downloaded packages.
apt_get() {
    local seconds=${APT_LOCK_SECONDS-600} output status waits=
    local deadline=$((SECONDS + seconds))
    output=$(mktemp)
    while :; do
        status=0
        # Its messages are searched: in English.
        as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 apt-get -q -o Dpkg::Use-Pty=0 \
            -o "DPkg::Lock::Timeout=$seconds" "$@" >"$output" 2>&1 || status=$?
        ((status && SECONDS < deadline)) || break
        grep -q '^E: Could not get lock ' "$output" || break
        [[ -n $waits ]] || say "another apt is running: waiting for its lock"
        waits=yes
        sleep 1
    done
    if ((status)); then
        cat "$output" >&2
        say "failed with status $status: apt-get $*"
    fi
    rm -f "$output"
    return "$status"
}

# Keeps packages that are installed from starting a service: a build machine needs no web server on
# port 80. policy-rc.d is Debian's own switch for it.
keep_services_stopped() {
    local policy=/usr/sbin/policy-rc.d
    [[ -e $policy ]] && return
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    at_exit "as_root rm -f $policy"
    as_root chmod 755 "$policy"
}
