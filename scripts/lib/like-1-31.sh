# The source of nginx 1.31 is in no package registry. This is 1.28 with the one change of 1.31 in the
# access phase that matters here: after a refusal with 407, nginx asks the other access modules.
# shellcheck shell=bash disable=SC2154,SC2034 # root and the VENDORED_ variables are the caller's

# Sets LIKE_1_31_NGINX. Needs build_vendored.
build_like_1_31() {
    local source=$root/target/nginx-407 core=src/http/ngx_http_core_module.c stamp
    local condition='if (rc == NGX_HTTP_FORBIDDEN || rc == NGX_HTTP_UNAUTHORIZED) {'
    LIKE_1_31_NGINX=$source/objs/nginx
    stamp=$(nginx_stamp "$VENDORED_SOURCE" && echo "$VENDORED_CONFIGURE_ARGS" && cat "$root/scripts/lib/like-1-31.sh")
    [[ -x $LIKE_1_31_NGINX && -f $source/built && $(<"$source/built") == "$stamp" ]] && return
    say "building nginx 1.28 with the access phase of 1.31"
    # Without the change of an earlier run.
    rm -rf "$source"
    copy_nginx "$VENDORED_SOURCE" "$source"
    grep -qF "$condition" "$source/$core" || die "$core: no line \"$condition\""
    sed -i "s/$condition/${condition%) \{} || rc == 407) {/" "$source/$core"
    grep -qF 'rc == 407' "$source/$core" || die "$core was not changed"
    (
        cd "$source" || exit
        # shellcheck disable=SC2086 # a list of arguments
        run_quietly auto/configure --with-compat --with-http_ssl_module --with-http_v2_module --with-threads \
            $VENDORED_CONFIGURE_ARGS
        run_quietly make -f objs/Makefile -j "$(nproc)" binary
    )
    # Last, so that a run that was interrupted builds again.
    echo "$stamp" >"$source/built"
}
