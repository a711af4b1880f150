# nginx from source: Debian's source packages, or the one that crates.io has, configured and built in target/.
# shellcheck shell=bash disable=SC2154 # root is the caller's

# What the binaries here are configured with: what Debian's have, and what the tests need.
NGINX_CONFIGURE_ARGS=(--with-compat --with-debug --with-threads --with-pcre-jit --with-http_ssl_module
    --with-http_v2_module --with-http_realip_module --with-http_stub_status_module --with-http_auth_request_module
    --with-http_dav_module --with-http_slice_module --with-http_addition_module --with-http_gunzip_module
    --with-http_gzip_static_module --with-http_random_index_module --with-http_secure_link_module
    --with-http_sub_module)

# fetch_debian_nginx VERSION FOLDER: the newest source package of nginx VERSION (1.26.3; "newest" for the newest there is)
# in FOLDER, with Debian's patches; without them where the mirror has lost them, which a mirror of all releases does when
# it runs behind. Needs open_debian_archive deb-src. Sets PACKAGE_VERSION.
fetch_debian_nginx() {
    local version=$1 folder=$2 versions
    versions=$(archive_source_versions nginx)
    [[ $version == newest ]] || versions=$(grep "^${version//./\\.}-" <<<"$versions" || true)
    PACKAGE_VERSION=$(tail -1 <<<"$versions")
    [[ -n $PACKAGE_VERSION ]] || die "no source package of nginx $version in the Debian archive"
    if [[ -f $folder/version && $(<"$folder/version") == "$PACKAGE_VERSION"* ]]; then
        PACKAGE_VERSION=$(<"$folder/version")
        return
    fi
    rm -rf "$folder"
    if archive_get source --download-only "nginx=$PACKAGE_VERSION"; then
        mkdir -p "$(dirname "$folder")"
        (cd "$ARCHIVE" && run_quietly dpkg-source --no-check -x nginx_"${PACKAGE_VERSION#*:}".dsc "$folder")
    else
        say "Debian's patches of nginx $PACKAGE_VERSION are not on the mirror: without them"
        archive_get source --download-only --tar-only "nginx=$PACKAGE_VERSION"
        PACKAGE_VERSION="${PACKAGE_VERSION%%-*} without Debian's patches"
        mkdir -p "$folder"
        tar --extract --strip-components 1 --directory "$folder" --file "$ARCHIVE"/nginx_"${PACKAGE_VERSION%% *}".orig.tar.*
    fi
    echo "$PACKAGE_VERSION" >"$folder/version"
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
        cd "$folder" || exit
        rm -rf objs
        run_quietly "$configure" "${NGINX_CONFIGURE_ARGS[@]}" "$@"
        run_quietly make -j "$(nproc)"
        echo "$arguments" >objs/arguments
    )
}
