# scripts/demo --stream: streams, the page that plays them, and nginx that serves both.
# shellcheck shell=bash disable=SC2154 # root, once and screenshots are the caller's

source "$root/scripts/lib/python.sh"
source "$root/scripts/lib/streams.sh"

# Where scripts/setup --players puts hls.js and dashjs.
PLAYERS=$root/target/players/node_modules

demonstrate_streams() {
    "$root/scripts/setup" --players
    build_module
    make_streams
    local nginx=${TEST_NGINX_BINARY-$(find_nginx)}
    make_folder "$MODULE"
    cp -r "$STREAMS" "$PREFIX/streams"
    cp -r "$STREAMS/hls/live" "$PREFIX/live"
    cp -r "$root/scripts/lib/stream-demo" "$PREFIX/page"
    cp "$PLAYERS/hls.js/dist/hls.min.js" "$PREFIX/page/hls.js"
    cp "$PLAYERS/dashjs/dist/modern/umd/dash.all.min.js" "$PREFIX/page/dash.js"
    (umask 077 && printf '%s\n' "$(openssl rand -hex 16)" "$(openssl rand -hex 16)" >"$PREFIX/conf/keys/1st.pair")
    show_live "$PREFIX/live" &
    at_exit "kill $! 2>/dev/null"
    start_site "$nginx" "$root/scripts/lib/stream-demo/nginx.conf"

    if [[ -n $once ]]; then
        make_tests_environment
        run_python -m stream_demo --url "$BASE_URL" --log "$PREFIX/logs/requests.jsonl" \
            ${screenshots:+--screenshots "$screenshots"} && return
        cat "$PREFIX/logs/error.log" >&2
        die "not every row is as it must be"
    fi
    cat <<END
Open this page in a browser (nginx $("$nginx" -v 2>&1 | sed 's/.*nginx\///')):

    $BASE_URL/

Ctrl-C stops it.
END
    serve_until_stopped
}
