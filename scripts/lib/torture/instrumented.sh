# Shared by the stages "sanitizers" and "valgrind": what they run, nginx 1.28 in which every pool
# allocation is a block of its own, the module with debug information, and a copy of the module with
# planted faults.
# shellcheck shell=bash disable=SC2154 # root, program and the configure arguments are the caller's

source "$root/scripts/lib/cargo-config.sh"
source "$root/scripts/lib/python.sh"

# choose_tests QUICK_SUITE ARGUMENT...: sets suites and python_tests, from the arguments of a stage. The
# stage has a function "usage".
choose_tests() {
    local quick='' quick_suite=$1 argument
    shift
    suites=() python_tests=()
    for argument in "$@"; do
        case "$argument" in
            -h | --help)
                usage
                exit 0
                ;;
            --quick) quick=yes ;;
            *.t)
                [[ -f $argument ]] || die "no suite \"$argument\"" 2
                suites+=("$argument")
                ;;
            *) die "unexpected argument \"$argument\" (see $0 --help)" 2 ;;
        esac
    done
    # shellcheck disable=SC2034 # the caller's
    if ((${#suites[@]})); then
        return
    elif [[ -n $quick ]]; then
        suites=("$quick_suite") python_tests=(test_version.py)
    else
        suites=(t/*.t) python_tests=("${python_suites[@]}")
    fi
}

# instrument_nginx NAME CC_OPTIONS LD_OPTIONS: nginx 1.28 in target/torture/nginx/NAME. Sets NGINX
# and NGINX_SOURCE_DIR. With NGX_DEBUG_PALLOC, each allocation comes from malloc. Without it, a pool
# is one block to the tools, and they do not see an overrun within it.
instrument_nginx() {
    say "building nginx 1.28 for $1"
    find_vendored_source
    export NGINX_SOURCE_DIR=$root/target/torture/nginx/$1
    copy_nginx "$VENDORED_SOURCE" "$NGINX_SOURCE_DIR"
    build_nginx "$NGINX_SOURCE_DIR" --with-http_v3_module \
        --with-cc-opt="-O1 -g -fno-omit-frame-pointer -DNGX_DEBUG_PALLOC=1 $2" --with-ld-opt="$3"
    # shellcheck disable=SC2034 # the caller's
    NGINX=$NGINX_SOURCE_DIR/objs/nginx
}

# instrument_module NAME PROJECT RUSTFLAGS MODULE: builds the file MODULE from PROJECT for that
# nginx.
instrument_module() {
    local target=$root/target/torture/cargo/$1 host
    host=$(rust_host)
    (
        cd /
        unset NGINX_BUILD_DIR
        # With --target, build scripts and macros are built without the flags. Without LTO, frames
        # keep their names.
        RUSTC_BOOTSTRAP=1 RUSTFLAGS="$3 $(rustflags_for_processor)" CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
            CARGO_PROFILE_RELEASE_DEBUG=line-tables-only CARGO_PROFILE_RELEASE_STRIP=none \
            run_quietly cargo build --release --locked --target "$host" \
            --manifest-path "$2/Cargo.toml" --package ngx-http-pta-module --target-dir "$target"
    )
    mkdir -p "$(dirname "$4")"
    cp "$target/$host/release/libngx_http_pta_module.so" "$4"
}

# plant_faults PROJECT: a copy of this project. Its module has the fault that PTA_PLANTED names,
# when nginx loads it.
plant_faults() {
    rm -rf "$1"
    mkdir -p "$1"
    local members
    read -ra members <<<"$(sed -n 's/^members = \[\(.*\)\]$/\1/p' "$root/Cargo.toml" | tr -d '",')"
    (cd "$root" && cp -r Cargo.toml Cargo.lock build.rs src fuzz "${members[@]}" "$1")
    cat "$root/scripts/lib/torture/planted_faults.rs" >>"$1/src/lib.rs"
}

# find_planted_faults TOOL NGINX MODULE REPORTS [COMMAND...]: fails if TOOL, address or valgrind,
# does not report the faults of this module in the folder REPORTS. The command runs nginx.
find_planted_faults() {
    make_tests_environment
    local figures status=0
    figures=$(mktemp)
    PTA_TEST_TOOL=$1 PTA_TEST_NGINX=$2:$3 PTA_TEST_REPORTS=$4 PTA_TEST_WRAPPER="${*:5}" \
        PTA_TEST_FIGURES=$figures run_pytest -m instrumented --capture=no instrumented >&2 || status=$?
    cat "$figures"
    rm -f "$figures"
    return "$status"
}
