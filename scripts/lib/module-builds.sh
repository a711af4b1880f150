# The module in other builds than cargo's for the nginx of this machine.
# shellcheck shell=bash disable=SC2154 # root and the vendored paths are the caller's

# The same module by nginx's own build: ./configure --add-dynamic-module && make modules.
test_nginx_build() {
    local source=$root/target/nginx-build
    mkdir -p "$source"
    cp -rT "$VENDORED_SOURCE" "$source"
    chmod -R u+w "$source"
    (
        cd "$source" || exit
        # shellcheck disable=SC2086 # a list of arguments
        run_quietly auto/configure --with-compat --with-http_ssl_module --with-http_v2_module --with-threads \
            $VENDORED_CONFIGURE_ARGS --add-dynamic-module="$root/nginx-config"
        run_quietly make modules
        rm -rf installed
        run_quietly make -f objs/Makefile install_ngx_http_pta_module DESTDIR="$source/installed"
    )
    cmp "$source/objs/ngx_http_pta_module.so" \
        "$source/installed/usr/local/nginx/modules/ngx_http_pta_module.so"
    run_suites "$VENDORED_NGINX" "$source/objs/ngx_http_pta_module.so" "$VENDORED_HEADERS" t/query.t t/cache_control.t
}

# nginx 1.31 cannot be had from a package registry: 1.28 with the one change in its access phase that matters here.
test_like_1_31() {
    local source=$root/target/nginx-407 core=src/http/ngx_http_core_module.c
    local condition='if (rc == NGX_HTTP_FORBIDDEN || rc == NGX_HTTP_UNAUTHORIZED) {'
    if [[ ! -x $source/objs/nginx ]]; then
        copy_nginx "$VENDORED_SOURCE" "$source"
        grep -qF "$condition" "$source/$core" || die "$core: no line \"$condition\""
        sed -i "s/$condition/${condition%) \{} || rc == 407) {/" "$source/$core"
        (
            cd "$source" || exit
            # shellcheck disable=SC2086 # a list of arguments
            run_quietly auto/configure --with-compat --with-http_ssl_module --with-http_v2_module --with-threads \
                $VENDORED_CONFIGURE_ARGS
            run_quietly make -f objs/Makefile -j "$(nproc)" binary
        )
        grep -qF 'rc == 407' "$source/$core" || die "$core was not changed"
    fi
    run_suites "$source/objs/nginx" "$VENDORED_MODULE" "$VENDORED_HEADERS" t/final_refusals.t t/satisfy.t
}

# README's first way to build for another nginx: a configured source tree, and only NGINX_SOURCE_DIR set. This tree has HTTP/3,
# and Debian's has not: the headers of one with the configuration of the other do not compile.
test_other_tree() {
    local tree=$root/target/nginx-build
    local check=(cargo check --locked --quiet --package ngx-http-pta-module --target-dir target/other-tree)
    env -u NGINX_BUILD_DIR NGINX_SOURCE_DIR="$tree" "${check[@]}"
    # NGINX_BUILD_DIR alone cannot work: .cargo/config.toml has the other one.
    refuses_to_build 'are of two different source trees' env -u NGINX_SOURCE_DIR NGINX_BUILD_DIR="$tree/objs" "${check[@]}"
    # A tree that says it is an nginx older than the lowest version.
    local old=$root/target/other-tree/old
    rm -rf "$old"
    cp -r "$tree" "$old"
    sed -i 's/\(define nginx_version *\).*/\11017010/' "$old/src/core/nginx.h"
    refuses_to_build 'this is nginx 1.17.10, and the lowest version that the module supports is 1.18.0' \
        env -u NGINX_BUILD_DIR NGINX_SOURCE_DIR="$old" "${check[@]}"
    rm -rf "$old"
}

refuses_to_build() { # message, command ...
    local output=$root/target/other-tree/output
    if "${@:2}" 2>"$output"; then
        die "built, and must not: ${*:2}"
    fi
    grep -qF -- "$1" "$output" || {
        cat "$output" >&2
        die "no message \"$1\""
    }
}
