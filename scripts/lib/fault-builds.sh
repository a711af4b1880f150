# The module with the feature fault-injection, for both versions of nginx. tests/faults needs it; no
# release has it.
# shellcheck shell=bash disable=SC2154,SC2034 # root and the VENDORED_ variables are the caller's

# Sets FAULT_BUILDS, the value of PTA_TEST_FAULTS. Needs build_vendored.
build_with_faults() {
    say "building the module with the feature fault-injection"
    local installed=$root/target/faults/installed vendored=$root/target/faults/vendored
    build_faulty_module "$installed"
    build_faulty_module "$vendored" NGINX_SOURCE_DIR="${VENDORED_HEADERS%:*}" NGINX_BUILD_DIR="${VENDORED_HEADERS#*:}"
    FAULT_BUILDS=$(find_nginx):$(faulty_module "$installed")$'\n'$VENDORED_NGINX:$(faulty_module "$vendored")
}

# build_faulty_module TARGET [VARIABLE=VALUE ...]: in a folder of its own, so that cargo builds it
# once for each nginx.
build_faulty_module() {
    (
        cd "$root" || exit
        env "${@:2}" cargo build --release --locked --quiet --package ngx-http-pta-module \
            --features fault-injection --target-dir "$1"
    )
}

faulty_module() {
    printf '%s\n' "$1/release/libngx_http_pta_module.so"
}
