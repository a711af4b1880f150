# The demo's nginx, in a folder of its own.
# shellcheck shell=bash disable=SC2154 # root is the caller's

# make_folder MODULE: sets PREFIX.
make_folder() {
    PREFIX=$(mktemp -d)
    at_exit "rm -rf '$PREFIX'"
    chmod 755 "$PREFIX"
    mkdir -p "$PREFIX"/{conf/keys,logs,tmp,modules}
    cp "$1" "$PREFIX/modules/ngx_http_pta_module.so"
}

# make_site MODULE: the files of nginx-config/quickstart.conf. Sets PREFIX.
make_site() {
    make_folder "$1"
    mkdir -p "$PREFIX"/html/{video,members}
    echo "open to everybody" >"$PREFIX/html/index.html"
    echo "first video" >"$PREFIX/html/video/1.txt"
    echo "second video" >"$PREFIX/html/video/2.txt"
    echo "for members" >"$PREFIX/html/members/a.txt"
}

write_keys() { # 1st key, 1st IV, 2nd key, 2nd IV
    (
        umask 077
        cd "$PREFIX/conf/keys" || exit
        printf '%s\n' "$1" "$2" >1st.pair
        printf '%s\n' "$3" "$4" >2nd.pair
    )
}

# start_site NGINX CONFIGURATION: on port 8080 or the next free one. Sets BASE_URL.
start_site() {
    local nginx=$1 port log=$PREFIX/logs/start.log
    for ((port = 8080; port < 8180; port++)); do
        sed "s/127\.0\.0\.1:8080/127.0.0.1:$port/" "$2" >"$PREFIX/conf/nginx.conf"
        if "$nginx" -p "$PREFIX" -e logs/error.log -c conf/nginx.conf >"$log" 2>&1; then
            at_exit stop_site
            # shellcheck disable=SC2034 # the caller's
            BASE_URL=http://127.0.0.1:$port
            return
        fi
        grep -q 'Address already in use' "$log" || break
    done
    cat "$log" >&2
    die "nginx did not start"
}

# The workers of the old configuration finish what they have; the reload is over when they are gone.
reload_site() {
    local master workers pid
    master=$(cat "$PREFIX/logs/nginx.pid")
    workers=$(cat "/proc/$master/task/$master/children")
    kill -HUP "$master"
    for pid in $workers; do
        for _ in {1..100}; do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
    done
}

stop_site() {
    local pid
    pid=$(cat "$PREFIX/logs/nginx.pid" 2>/dev/null) || return 0
    kill -QUIT "$pid" 2>/dev/null || return 0
    for _ in {1..50}; do
        kill -0 "$pid" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -TERM "$pid" 2>/dev/null || true
}

# Ends with status 0 at Ctrl-C.
serve_until_stopped() {
    trap 'echo; exit 0' INT TERM
    while kill -0 "$(cat "$PREFIX/logs/nginx.pid")" 2>/dev/null; do
        sleep 1
    done
    die "nginx has stopped"
}
