# The same stage on the nginx of this machine and on 1.28 from crates.io.
# shellcheck shell=bash disable=SC2154 # root is the caller's

source "$root/scripts/lib/python.sh"

# on_both SCRIPT ARGUMENT... -- ARGUMENT...: scripts/lib/torture/python/SCRIPT NGINX MODULE ARGUMENT..., for the first one and
# for the second. Figures get the version in front; fails if one fails.
on_both() {
    local script=$1 first=() status=0
    shift
    while [[ $1 != -- ]]; do
        first+=("$1")
        shift
    done
    shift
    find_python
    build_module
    build_vendored
    run_on "$(find_nginx)" "$MODULE" "$script" "${first[@]}" || status=1
    run_on "$VENDORED_NGINX" "$VENDORED_MODULE" "$script" "$@" || status=1
    return "$status"
}

run_on() { # NGINX MODULE SCRIPT ARGUMENT...
    local nginx=$1 module=$2 script=$3 version
    shift 3
    version=$("$nginx" -v 2>&1 | sed 's,.*nginx/\([0-9.]*\).*,\1,')
    say "on nginx $version"
    PYTHONDONTWRITEBYTECODE=1 "$PYTHON" "$root/scripts/lib/torture/python/$script" "$nginx" "$module" "$@" \
        | sed -u "s/^/$version: /"
}
