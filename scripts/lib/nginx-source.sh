# Versions of nginx to build and test with, in target/:
#
# * Debian's source packages and the source that crates.io has, configured and built;
# * Debian's headers, configured;
# * Debian's binary packages of another release, with the libraries that they need.
# shellcheck shell=bash disable=SC2154 # root is the caller's

# What the versions that are built here are configured with: what Debian's have, and what the tests
# need.
NGINX_CONFIGURE_ARGS=(--with-compat --with-debug --with-threads --with-pcre-jit --with-http_ssl_module
    --with-http_v2_module --with-http_realip_module --with-http_stub_status_module --with-http_auth_request_module
    --with-http_dav_module --with-http_slice_module --with-http_addition_module --with-http_gunzip_module
    --with-http_gzip_static_module --with-http_random_index_module --with-http_secure_link_module
    --with-http_sub_module)

# fetch_debian_nginx VERSION FOLDER: the newest source package of nginx VERSION (1.26.3) in FOLDER,
# with Debian's patches. A mirror's pool may lag behind its lists: without the patches if the mirror
# does not have them. Fails if it does not have the source. Needs open_debian_archive deb-src. Sets
# NGINX_IS, what it is.
fetch_debian_nginx() {
    local version=$1 folder=$2 package upstream
    package=$(archive_source_versions nginx | grep "^${version//./\\.}-" | tail -1 || true)
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

# fetch_pcre FOLDER: the source of PCRE, which nginx < 1.21.5 needs and Debian 13 does not have.
# Needs open_debian_archive deb-src.
fetch_pcre() {
    [[ -x $1/configure ]] && return
    archive_get source --download-only --tar-only pcre3 || return 1
    mkdir -p "$1"
    tar --extract --strip-components 1 --directory "$1" --file "$ARCHIVE"/pcre3_*.orig.tar.*
}

# wrap_old_nginx FOLDER: makes FOLDER/objs/nginx-with-e, which has the option -e FILE that the
# suites use. nginx < 1.19.5 does not have it, and begins its log in PREFIX/logs/error.log: the
# wrapper makes that a link to FILE.
wrap_old_nginx() {
    cat >"$1/objs/nginx-with-e" <<'WRAPPER'
#!/usr/bin/env bash
arguments=() prefix='' log=''
while (($#)); do
    case $1 in
        -e) log=$2 && shift 2 ;;
        -p) prefix=$2 && arguments+=(-p "$2") && shift 2 ;;
        *) arguments+=("$1") && shift ;;
    esac
done
if [[ -n $prefix && -n $log ]]; then
    case $log in
        stderr) log=/dev/stderr ;;
        /*) ;;
        *) log=$prefix/$log ;;
    esac
    mkdir -p "$prefix/logs"
    [[ $(realpath -m "$prefix/logs/error.log") == $(realpath -m "$log") ]] || ln -sf "$log" "$prefix/logs/error.log"
fi
exec "$(dirname "$0")/nginx" "${arguments[@]}"
WRAPPER
    chmod +x "$1/objs/nginx-with-e"
}

# fetch_debian_binaries FOLDER: the newest binary packages of nginx. FOLDER/nginx runs it with the
# libraries of its own release, FOLDER/source has its headers, configured. Fails if the mirror does
# not have them. Needs open_debian_archive deb. Sets NGINX_IS, what it is.
fetch_debian_binaries() {
    local folder=$1 package deb loader
    package=$(archive_binary_version nginx)
    NGINX_IS="${package%%-*} (Debian's packages $package)"
    [[ -f $folder/version && $(<"$folder/version") == "$NGINX_IS" ]] && return
    rm -rf "$folder"
    mkdir -p "$folder/root"
    # Everything that nginx needs, and of nginx-dev only the package itself.
    archive_get install --download-only -y --no-install-recommends "nginx=$package" || return 1
    archive_get download "nginx-dev=$package" || return 1
    for deb in "$ARCHIVE"/cache/archives/*.deb "$ARCHIVE"/nginx-dev_*.deb; do
        dpkg-deb --extract "$deb" "$folder/root" || return 1
    done
    configure_debian_headers "$folder/root/usr/share/nginx/src" "$folder/source" || return 1
    loader=$(find "$folder"/root/usr/lib* -name 'ld-linux*.so.*' -print -quit)
    printf '#!/bin/sh\nexec "%s" --library-path "%s" "%s/root/usr/sbin/nginx" "$@"\n' \
        "$loader" "$(dirname "$(find "$folder/root/usr/lib" -name libc.so.6 -print -quit)")" "$folder" >"$folder/nginx"
    chmod +x "$folder/nginx"
    echo "$NGINX_IS" >"$folder/version"
}

# configure_debian_headers SOURCE FOLDER: Debian ships the headers with the flags that its nginx was
# configured with. ./configure in a copy of them writes the ngx_auto_config.h that the bindings
# need. Nothing is compiled.
configure_debian_headers() {
    rm -rf "$2"
    mkdir -p "$(dirname "$2")"
    cp -rL "$1" "$2"
    (
        cd "$2" || exit
        NGX_CONF_FLAGS=()
        # shellcheck disable=SC1091
        source ./conf_flags
        run_quietly ./configure "${NGX_CONF_FLAGS[@]}"
    )
}

# nginx_stamp SOURCE: a text that is another one if a file of the source is. What configure and a build
# write there does not count: each cargo build of nginx-sys configures cargo's copy.
nginx_stamp() {
    (cd "$1" && find . \( -name objs -o -path ./Makefile \) -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 -r cksum | cksum)
}

# copy_nginx SOURCE FOLDER: cargo's copy of the source is read-only and shared. This one can be
# built. It stays, with what was built, until the source is another one.
copy_nginx() {
    local stamp
    stamp=$(nginx_stamp "$1")
    [[ -f $2/copied && $(<"$2/copied") == "$stamp" ]] && return
    rm -rf "$2"
    mkdir -p "$2"
    cp -rT "$1" "$2"
    chmod -R u+w "$2"
    # Last, so that a run that was interrupted copies again.
    echo "$stamp" >"$2/copied"
}

# build_nginx FOLDER [ARGUMENT ...]: configures and compiles, unless that was done with the same
# arguments. Whoever brings another source removes the folder. The binary is FOLDER/objs/nginx.
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
