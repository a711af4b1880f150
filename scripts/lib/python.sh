# A Python that has the package "cryptography".
# shellcheck shell=bash

# Sets PYTHON. Debian's package is for Debian's Python, which need not be the first one in PATH.
find_python() {
    for PYTHON in python3 /usr/bin/python3; do
        "$PYTHON" -c 'import cryptography' 2>/dev/null && return
    done
    die "python3-cryptography is missing: run scripts/setup"
}
