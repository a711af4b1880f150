# Lints and format of the scripts and of all Python.
# shellcheck shell=bash disable=SC2154 # root and TESTS_PYTHON are the caller's

# own_files: the project's files, found without git, because a source archive has no .git.
own_files() {
    find "$root" -mindepth 1 -type d \( -name target -o -name dist -o -name vendor -o -name .git -o -name .nginx -o -name .cargo -o -name corpus \
        -o -name 'servroot*' \) -prune -o -type f -print
}

# find_scripts WORD SUFFIX: the files that end with .SUFFIX, or whose first line names WORD. Fails if
# there are none: a check of nothing would pass.
find_scripts() {
    local file line files found=1
    files=$(own_files) || return
    while read -r file; do
        line=
        [[ ${file##*/} == *.* ]] || read -r line <"$file" || true
        [[ $file == *."$2" || $line == "#!"*"$1"* ]] || continue
        printf '%s\n' "$file"
        found=0
    done <<<"$files"
    return "$found"
}

check_python() {
    local list files options=(--quiet --no-cache --config pyproject.toml)
    list=$(find_scripts python py) || die "no Python files found"
    mapfile -t files <<<"$list"
    # From here, it knows which packages are the project's own.
    (
        cd "$root/tests" || exit
        "$TESTS_PYTHON" -m ruff check "${options[@]}" "${files[@]}"
        "$TESTS_PYTHON" -m ruff format --check "${options[@]}" "${files[@]}"
    )
}

# Rust 1.85 has no let chains, and no lint knows that. The parser refuses them in edition 2021.
check_no_let_chains() {
    find_scripts rust rs | xargs -d '\n' rustfmt --edition 2021 --emit stdout >/dev/null
}

check_shell() {
    # It looks for what a script sources below the project's root.
    # The scripts of a Debian package end with their purpose.
    (cd "$root" && { find_scripts sh sh; printf '%s\n' packaging/debian/*.{postinst,prerm}; } | xargs -d '\n' -n 8 -P "$(nproc)" shellcheck --external-sources)
}

# The workflow of the hosting service. Nothing here can run it; a linter reads it.
check_workflow() {
    "$(dirname "$TESTS_PYTHON")/zizmor" --offline --quiet --no-progress "$root/.github/workflows"
}
