# nginx from source: Debian's source packages, or the one that crates.io has, configured and built in target/.
# shellcheck shell=bash disable=SC2154 # root is the caller's

# What the binaries here are configured with: what Debian's have, and what the tests need.
NGINX_CONFIGURE_ARGS=(--with-compat --with-debug --with-threads --with-pcre-jit --with-http_ssl_module
    --with-http_v2_module --with-http_realip_module --with-http_stub_status_module --with-http_auth_request_module
    --with-http_dav_module --with-http_slice_module --with-http_addition_module --with-http_gunzip_module
    --with-http_gzip_static_module --with-http_random_index_module --with-http_secure_link_module
    --with-http_sub_module)

# fetch_debian_nginx VERSION FOLDER: the newest source package of nginx VERSION (1.26.3; "newest" for the newest there is)
# in FOLDER, with Debian's patches; without them where the mirror has not got them, which happens when its pool is behind
# its lists; fails where it has not got the source itself. Needs open_debian_archive deb-src. Sets NGINX_IS, what it is.
fetch_debian_nginx() {
    local version=$1 folder=$2 versions package upstream
    versions=$(archive_source_versions nginx)
    [[ $version == newest ]] || versions=$(grep "^${version//./\\.}-" <<<"$versions" || true)
    package=$(tail -1 <<<"$versions")
    [[ -n $package ]] || die "no source package of nginx $version in the Debian archive"
    upstream=${package%%-*}
    if [[ -f $folder/version && $(<"$folder/version") == "$upstream ("* ]]; then
        NGINX_IS=$(<"$folder/version")
        return
    fi
    rm -rf "$folder"
    mkdir -p "$(dirname "$folder")"
    if archive_get source --download-only "nginx=$package" 2>/dev/null; then
        NGINX_IS="$upstream (Debian's source package $package)"
        (cd "$ARCHIVE" && run_quietly dpkg-source --no-check -x "nginx_$package.dsc" "$folder") || return 1
    else
        say "nginx $package is not on the mirror with Debian's patches: trying without them"
        NGINX_IS="$upstream (source as in Debian's package $package, without its patches)"
        archive_get source --download-only --tar-only "nginx=$package" || return 1
        mkdir -p "$folder"
        tar --extract --strip-components 1 --directory "$folder" --file "$ARCHIVE/nginx_$upstream".orig.tar.* || return 1
    fi
    echo "$NGINX_IS" >"$folder/version"
}

# copy_nginx SOURCE FOLDER: the source of nginx as cargo keeps it (read-only, shared) as one that can be built in.
copy_nginx() {
    mkdir -p "$2"
    cp -rT "$1" "$2"
    chmod -R u+w "$2"
}

# build_nginx FOLDER [ARGUMENT ...]: configures and compiles, where that was not done with these arguments; the binary is
# FOLDER/objs/nginx.
build_nginx() {
    local folder=$1 configure=./configure arguments
    shift
    [[ -x $folder/configure ]] || configure=auto/configure
    arguments=$(printf '%s\n' "${NGINX_CONFIGURE_ARGS[@]}" "$@")
    [[ -x $folder/objs/nginx && -f $folder/objs/arguments && $(<"$folder/objs/arguments") == "$arguments" ]] && return
    (
        cd "$folder" && rm -rf objs && run_quietly "$configure" "${NGINX_CONFIGURE_ARGS[@]}" "$@" \
            && run_quietly make -j "$(nproc)" && echo "$arguments" >objs/arguments
    )
}
