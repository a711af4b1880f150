# Stages that are Python tests with the marker torture, on the nginx of this machine and on 1.28
# from crates.io.
# shellcheck shell=bash disable=SC2154 # root is the caller's

source "$root/scripts/lib/common.sh"
source "$root/scripts/lib/build.sh"
source "$root/scripts/lib/python.sh"

# read_options ARGUMENT...: sets QUICK, and PTA_TEST_SEED for the tests. The stage has a function
# "usage".
read_options() {
    QUICK=
    while (($#)); do
        case "$1" in
            -h | --help)
                usage
                exit 0
                ;;
            --quick)
                # shellcheck disable=SC2034 # the caller's
                QUICK=yes
                ;;
            --seed)
                [[ -n ${2-} ]] || die "--seed: a seed must follow" 2
                export PTA_TEST_SEED=$2
                shift
                ;;
            *) die "unexpected argument \"$1\" (see $0 --help)" 2 ;;
        esac
        shift
    done
}

# run_on_both TEST...
run_on_both() {
    make_tests_environment
    build_module
    build_vendored
    build_command
    run_long_tests "$(find_nginx):$MODULE"$'\n'"$VENDORED_NGINX:$VENDORED_MODULE" "$@"
}
