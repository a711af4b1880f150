# What the stages "sanitizers" and "valgrind" share: nginx 1.28 with every pool allocation its own block, the module with
# debug information, and faults planted into a copy of it.
# shellcheck shell=bash disable=SC2154 # root, program and the configure arguments are the caller's

source "$root/scripts/lib/python.sh"

# The planted faults, each found by both tools, and the words by which.
# shellcheck disable=SC2034 # the caller's
planted_faults=(pool_overrun heap_overflow use_after_free pool_use_after_destroy leak)

# instrument_nginx NAME CC_OPTIONS LD_OPTIONS: nginx 1.28 in target/torture/nginx/NAME. Sets NGINX_SOURCE_DIR. NGX_DEBUG_PALLOC
# takes each allocation from malloc: otherwise a pool is one block to the tools, and an overrun within it goes unseen.
instrument_nginx() {
    say "building nginx 1.28 for $1"
    find_vendored_source
    export NGINX_SOURCE_DIR=$root/target/torture/nginx/$1
    [[ -d $NGINX_SOURCE_DIR ]] || copy_nginx "$VENDORED_SOURCE" "$NGINX_SOURCE_DIR"
    build_nginx "$NGINX_SOURCE_DIR" --with-http_v3_module \
        --with-cc-opt="-O1 -g -fno-omit-frame-pointer -DNGX_DEBUG_PALLOC=1 $2" --with-ld-opt="$3"
    # shellcheck disable=SC2034 # the caller's
    NGINX=$NGINX_SOURCE_DIR/objs/nginx
}

# instrument_module NAME PROJECT RUSTFLAGS MODULE: the module of PROJECT for that nginx, as the file MODULE.
instrument_module() {
    local target=$root/target/torture/cargo/$1
    (
        cd /
        unset NGINX_BUILD_DIR
        # With --target, build scripts and macros are built without the flags. Without LTO, frames keep their names.
        RUSTC_BOOTSTRAP=1 RUSTFLAGS=$3 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
            CARGO_PROFILE_RELEASE_DEBUG=line-tables-only CARGO_PROFILE_RELEASE_STRIP=none \
            run_quietly cargo build --release --locked --target x86_64-unknown-linux-gnu \
            --manifest-path "$2/Cargo.toml" --package ngx-http-pta-module --target-dir "$target"
    )
    mkdir -p "$(dirname "$4")"
    cp "$target/x86_64-unknown-linux-gnu/release/libngx_http_pta_module.so" "$4"
}

# plant_faults PROJECT: a copy of this project whose module does what PTA_PLANTED says when nginx loads it.
plant_faults() {
    rm -rf "$1"
    mkdir -p "$1"
    local part
    for part in Cargo.toml Cargo.lock build.rs src token cli benches fuzz; do
        [[ ! -e $root/$part ]] || cp -r "$root/$part" "$1"
    done
    cat "$root/scripts/lib/torture/planted_faults.rs" >>"$1/src/lib.rs"
}

# load_planted FAULT MODULE NGINX [WRAPPER...]: has nginx load the module and end in order. Not by
# nginx -t, which does not free what it has read.
load_planted() {
    make_tests_environment
    PTA_PLANTED=$1 run_python -m harness.load "$3" "$2" "${@:4}"
}
