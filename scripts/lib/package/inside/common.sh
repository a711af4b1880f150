# Shared by the checks that run inside a fresh Debian system, as root. scripts/lib/package/check
# copies this folder to /check, with README's steps in steps.sh.
# shellcheck shell=bash

results=/check/results
NGINX_PID=/run/nginx.pid
# shellcheck disable=SC2034 # the checks'
FILE=index.nginx-debian.html
SITE=http://localhost:8080

# result WHAT STATUS [NOTE]: a line of the table.
result() {
    printf '%s\t%s\t%s\n' "$1" "$([[ $2 == 0 ]] && echo ok || echo FAILED)" "${3-}" >>"$results"
    printf '== %s: %s %s\n' "$1" "$2" "${3-}"
}

# check WHAT COMMAND...: it succeeds.
check() {
    local what=$1 status=0
    shift
    "$@" || status=$?
    result "$what" "$status"
}

# ran_to_its_end: the last line of each check. Without its result, the check has failed.
ran_to_its_end() {
    result "ran to its end" 0
}

# answers STATUS URL: nginx answers with this status.
answers() {
    local status
    status=$(curl -s -o /tmp/body -w '%{http_code}' "$2") || true
    [[ $status == "$1" ]] || { echo "$2: $status instead of $1" && return 1; }
}

# says FILE WORDS...: the file has each of these texts.
says() {
    local file=$1 words
    shift
    for words in "$@"; do
        grep -qF -- "$words" "$file" || { echo "not in $file: $words" && cat "$file" && return 1; }
    done
}

not() {
    ! "$@"
}

# follow_readme: README's steps, word for word. apt asks whether to continue, and gets its Y. Sets
# LINK, which the last step prints, and SECONDS_TAKEN.
follow_readme() {
    local begin=${EPOCHREALTIME/./} status=0
    yes 2>/dev/null | bash -euo pipefail /check/steps.sh >/tmp/steps || status=$?
    # yes ends by a signal.
    SECONDS_TAKEN=$(((${EPOCHREALTIME/./} - begin) / 100000))
    SECONDS_TAKEN=$((SECONDS_TAKEN / 10)).$((SECONDS_TAKEN % 10))
    cat /tmp/steps
    LINK=$(tail -n 1 /tmp/steps)
    [[ $status == 0 && $LINK == "$SITE"/* ]]
}

# link_for FILE EXPIRES: a link of README's site.
link_for() {
    pta issue --config /etc/nginx/nginx.conf --url "$SITE/$1" --expires "$2"
}

master() {
    cat "$NGINX_PID"
}

runs() {
    [[ -s $NGINX_PID ]] && kill -0 "$(master)" 2>/dev/null
}

# master_is PID: nginx runs, and this is its master.
master_is() {
    runs && [[ $(master) == "$1" ]]
}

# ends PID: the process ends within ten seconds.
ends() {
    for _ in {1..100}; do
        kill -0 "$1" 2>/dev/null || return 0
        sleep 0.1
    done
    return 1
}

# stop: by the pid file.
stop() {
    local pid
    pid=$(master) || return 0
    kill -QUIT "$pid"
    ends "$pid"
}

# serve_version: on port 8081, the version of the module that runs.
serve_version() {
    # shellcheck disable=SC2016 # for nginx
    echo 'server { listen 8081; return 200 $pta_version; }' >/etc/nginx/conf.d/version.conf
    service nginx reload
    sleep 1
}

# version_is VERSION: of the module that runs.
version_is() {
    local version
    version=$(curl -s http://localhost:8081/) || true
    [[ $version == "$1" ]] || { echo "version \"$version\" instead of $1" && return 1; }
}

# The newer repository takes the place of the older one.
bring_new_packages() {
    rm -r /srv/pta
    mv /srv/pta-new /srv/pta
    apt-get update
}
