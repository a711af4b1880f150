# The same module by nginx's own build: ./configure --add-dynamic-module && make modules.
# shellcheck shell=bash disable=SC2154,SC2034 # root and the VENDORED_ variables are the caller's

# Sets OWN_BUILD_MODULE and OWN_BUILD_SOURCE, the source tree of nginx 1.28 that is configured for
# it. The module is built from a plain copy of the project. Needs build_vendored.
make_nginx_own_build() {
    local source=$root/target/nginx-build tree=$root/target/nginx-build-project
    mkdir -p "$source"
    cp -rT "$VENDORED_SOURCE" "$source"
    chmod -R u+w "$source"
    rm -rf "$tree"
    # A subshell, because it changes how messages begin.
    (source "$root/scripts/lib/package/common.sh" && copy_tree "$tree")
    (
        cd "$source" || exit
        configure_own_build "$tree/nginx-config"
        cp objs/Makefile objs/Makefile-nginx-config
        configure_own_build "$tree"
        # The folder nginx-config does the same.
        cmp objs/Makefile objs/Makefile-nginx-config
        run_quietly make modules
        rm -rf installed
        run_quietly make -f objs/Makefile install_ngx_http_pta_module DESTDIR="$source/installed"
    )
    OWN_BUILD_SOURCE=$source OWN_BUILD_MODULE=$source/objs/ngx_http_pta_module.so
    cmp "$OWN_BUILD_MODULE" "$source/installed/usr/local/nginx/modules/ngx_http_pta_module.so"
}

# configure_own_build FOLDER: FOLDER is what --add-dynamic-module gets.
configure_own_build() {
    # shellcheck disable=SC2086 # a list of arguments
    run_quietly auto/configure --with-compat --with-http_ssl_module --with-http_v2_module --with-threads \
        $VENDORED_CONFIGURE_ARGS --add-dynamic-module="$1"
}
