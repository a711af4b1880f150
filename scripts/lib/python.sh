# The Python of tests/, with the packages that they need.
# shellcheck shell=bash disable=SC2154 # root is the caller's

# Sets TESTS_PYTHON, that of a virtual environment in target/tests/venv, which has the packages of
# tests/requirements.txt.
make_tests_environment() {
    local venv=$root/target/tests/venv wanted=$root/tests/requirements.txt
    TESTS_PYTHON=$venv/bin/python
    "$TESTS_PYTHON" -c '' 2>/dev/null && cmp -s "$wanted" "$venv/requirements.txt" && return
    say "installing the packages of tests/requirements.txt in target/tests/venv"
    rm -rf "$venv"
    mkdir -p "$(dirname "$venv")"
    run_quietly python3 -m venv "$venv"
    run_quietly "$TESTS_PYTHON" -m pip install --quiet --disable-pip-version-check --requirement "$wanted"
    # Last, so that a run that was interrupted installs again.
    cp "$wanted" "$venv/requirements.txt"
}

# run_python ARGUMENT...: Python with the packages of tests/, for example -m bench.
run_python() {
    PYTHONPATH=$root/tests PYTHONSAFEPATH=1 PYTHONDONTWRITEBYTECODE=1 "$TESTS_PYTHON" "$@"
}

# run_pytest ARGUMENT...: pytest in tests/, with the nginx and module pairs of PTA_TEST_NGINX.
run_pytest() {
    (cd "$root/tests" && PYTHONDONTWRITEBYTECODE=1 "$TESTS_PYTHON" -m pytest "$@")
}

# run_all_pytest: all tests, as many parts at a time as there are processors. A part is a folder, or a
# file that is in none. What it prints is shown when it has ended.
run_all_pytest() {
    local outputs part status=0 parts=()
    outputs=$(mktemp -d)
    # Folders first: they take longer.
    for part in "$root"/tests/*/ "$root"/tests/test_*.py; do
        [[ -d $part && -z $(find "$part" -name 'test_*.py' -print -quit) ]] || parts+=("$part")
    done
    for part in "${parts[@]}"; do
        wait_for_jobs "$(nproc)"
        run_part "$part" "$outputs/$(basename "$part")" &
    done
    wait
    for part in "${parts[@]}"; do
        [[ -e $outputs/$(basename "$part").passed ]] || status=1
    done
    rm -rf "$outputs"
    return "$status"
}

run_part() { # part, output
    local status=0
    # Otherwise, cargo says that it waits for another cargo, and some tests expect one line.
    CARGO_TERM_QUIET=true run_pytest "$1" >"$2" 2>&1 || status=$?
    # 5: there was no test to run. That is right if all are for scripts/torture.
    if ((status == 5)) && has_only_long_tests "$1"; then status=0; fi
    ((status)) || : >"$2.passed"
    cat "$2"
}

# has_only_long_tests PART: each of its files names a marker that pyproject.toml leaves out.
has_only_long_tests() {
    [[ -z $(find "$1" -name 'test_*.py' -exec grep -LE '\<mark\.(torture|instrumented)\>' {} +) ]]
}

# run_long_tests INSTALLATIONS TEST...: tests with the marker torture, for the stages. INSTALLATIONS
# is what PTA_TEST_NGINX will be. What pytest and the tests print goes to stderr at once, figures go
# to stdout.
run_long_tests() {
    local installations=$1 figures status=0
    shift
    figures=$(mktemp)
    PTA_COMMAND=${COMMAND-} PTA_TEST_NGINX=$installations PTA_TEST_FIGURES=$figures \
        run_pytest -m torture --capture=no "$@" >&2 || status=$?
    cat "$figures"
    rm -f "$figures"
    return "$status"
}

# The tests of what nginx does when it reads its configuration, when it starts, and at a reload. As
# the Test::Nginx suites, they run on every version of nginx and under the tools. The same with all
# tests of zones, of gates and of tokens in headers. Those with the marker plain are left out.
python_suites=(
    configuration
    documents/test_answers.py::test_all_requests
    documents/test_configurations.py::test_a_block
    documents/test_configurations.py::test_a_file
    gate
    metrics
    once
    rotation
    token_header
    test_version.py
)

not_under_tools='not torture and not instrumented and not plain'

# run_python_suites NGINX MODULE [TEST...]: all of these tests, or those that are named. What pytest
# prints goes to stderr. Sets PASSED, the number of tests.
run_python_suites() {
    local installation=$1:$2 output status=0
    shift 2
    (($#)) || set -- "${python_suites[@]}"
    [[ -n ${COMMAND-} ]] || build_command
    make_tests_environment
    output=$(mktemp)
    PTA_COMMAND=$COMMAND PTA_TEST_NGINX=$installation run_pytest -m "$not_under_tools" "$@" | tee "$output" >&2 || status=1
    # shellcheck disable=SC2034 # the caller's
    PASSED=$(sed -n 's/.* \([0-9]*\) passed.*/\1/p' "$output" | tail -1)
    rm -f "$output"
    return "$status"
}
