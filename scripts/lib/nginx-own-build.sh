# The same module by nginx's own build: ./configure --add-dynamic-module && make modules.
# shellcheck shell=bash disable=SC2154,SC2034 # root and the VENDORED_ variables are the caller's

# Sets OWN_BUILD_MODULE and OWN_BUILD_SOURCE, the source tree of nginx 1.28 that is configured for
# it. Needs build_vendored.
make_nginx_own_build() {
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
    OWN_BUILD_SOURCE=$source OWN_BUILD_MODULE=$source/objs/ngx_http_pta_module.so
    cmp "$OWN_BUILD_MODULE" "$source/installed/usr/local/nginx/modules/ngx_http_pta_module.so"
}
