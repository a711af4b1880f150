# Builds, cached by cargo: the module for the nginx of this machine, the module for nginx 1.28 from
# crates.io, and the pta command.
# shellcheck shell=bash

# What the tests need in nginx 1.28 from crates.io, beyond its few standard modules.
VENDORED_CONFIGURE_ARGS='--with-debug --with-http_auth_request_module --with-http_dav_module
    --with-http_secure_link_module --with-http_slice_module --with-http_addition_module --with-http_v3_module
    --with-http_gunzip_module --with-http_gzip_static_module --with-http_random_index_module
    --with-http_stub_status_module --with-http_sub_module'

# The nginx that the module was built for: the one beside the headers, or the one that is installed.
find_nginx() {
    local beside=${NGINX_BUILD_DIR-${NGINX_SOURCE_DIR:+$NGINX_SOURCE_DIR/objs}}
    if [[ -n $beside && -x $beside/nginx ]]; then
        printf '%s\n' "$beside/nginx"
    else
        # /usr/sbin is not in everybody's PATH.
        PATH=$PATH:/usr/sbin command -v nginx || die "nginx not found: run scripts/setup"
    fi
}

# nginx_version NGINX: for example nginx/1.28.3.
nginx_version() {
    "$1" -v 2>&1 | sed 's/.*nginx version: //'
}

# rust_host: the system that cargo builds for: x86_64-unknown-linux-gnu.
rust_host() {
    rustc -vV | sed -n 's/^host: //p'
}

# SOURCE:BUILD, the folders with the headers of that nginx, for suites that compile a module.
find_headers() {
    local build_dir=${NGINX_BUILD_DIR-${NGINX_SOURCE_DIR:-$root/.nginx/debian}/objs}
    printf '%s:%s\n' "${NGINX_SOURCE_DIR-$(dirname "$build_dir")}" "$build_dir"
}

# Sets MODULE.
build_module() {
    say "building the module"
    (cd "$root" && cargo build --release --locked --quiet --package ngx-http-pta-module)
    MODULE=$root/target/release/ngx_http_pta_module.so
    cp "$root/target/release/libngx_http_pta_module.so" "$MODULE"
}

# Sets COMMAND.
build_command() {
    say "building the pta command"
    (cd "$root" && cargo build --release --locked --quiet --package pta-cli)
    # shellcheck disable=SC2034 # the caller's
    COMMAND=$root/target/release/pta
}

# Sets VENDORED_NGINX, VENDORED_MODULE, VENDORED_SOURCE and VENDORED_HEADERS. cargo reads
# .cargo/config.toml of the current folder: from elsewhere, it does not take the headers of Debian's
# nginx.
build_vendored() {
    say "building nginx 1.28 from crates.io and the module for it (a few minutes the first time)"
    local target=$root/target/vendored messages
    messages=$target/messages.json
    mkdir -p "$target"
    (
        cd /
        unset NGINX_SOURCE_DIR NGINX_BUILD_DIR
        NGX_CONFIGURE_ARGS=$(tr -s ' \n' ' ' <<<"$VENDORED_CONFIGURE_ARGS") cargo build --release --locked \
            --quiet --message-format=json-render-diagnostics --manifest-path "$root/Cargo.toml" \
            --package ngx-http-pta-module --features vendored --target-dir "$target"
    ) >"$messages"
    local out_dir
    out_dir=$(python3 - "$messages" <<'PYTHON'
import json, sys
for line in open(sys.argv[1]):
    message = json.loads(line)
    if message["reason"] == "build-script-executed" and "nginx-sys" in message["package_id"]:
        print(message["out_dir"])
PYTHON
    )
    VENDORED_NGINX=$out_dir/objs/nginx
    [[ -x $VENDORED_NGINX ]] || die "nginx 1.28 was not built: no \"$VENDORED_NGINX\""
    VENDORED_MODULE=$target/release/ngx_http_pta_module.so
    cp "$target/release/libngx_http_pta_module.so" "$VENDORED_MODULE"
    find_vendored_source
    # shellcheck disable=SC2034 # the caller's
    VENDORED_HEADERS=$VENDORED_SOURCE:$out_dir/objs
}

# Sets VENDORED_SOURCE: where cargo keeps the source of nginx 1.28.
find_vendored_source() {
    VENDORED_SOURCE=$(cd "$root" && cargo metadata --locked --format-version 1 --features vendored | python3 -c '
import json, os, sys
packages = json.load(sys.stdin)["packages"]
print(next(os.path.dirname(p["manifest_path"]) for p in packages if p["name"] == "nginx-src") + "/nginx")')
}
