# The version of the project. Cargo.toml has it, and the other files repeat it.
# shellcheck shell=bash disable=SC2154 # root is the caller's

# version_files: each file with its line that has the version. The indentation does not count.
# Cargo.lock and fuzz/Cargo.lock follow Cargo.toml when cargo runs without --locked.
version_files() {
    cat <<'FILES'
Cargo.toml                     version = "VERSION"
signers/python/pyproject.toml  version = "VERSION"
signers/django/pyproject.toml  version = "VERSION"
signers/node/package.json      "version": "VERSION",
signers/php/composer.json      "version": "VERSION",
signers/java/pom.xml           <version>VERSION</version>
docs/signers.md                <version>VERSION</version>
cli/tests/cmd/command.trycmd   pta VERSION
packaging/alpine/APKBUILD      pkgver=VERSION
packaging/pkg-oss/Makefile.module-pta MODULE_VERSION_pta= VERSION
FILES
}

# Numbers, and what a release candidate adds: 1.2.0, 1.2.0-rc.1.
version_pattern='[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?'

# version_line TEXT: a regular expression for that line of a file.
version_line() {
    local before=${1%VERSION*} after=${1##*VERSION}
    printf '^( *%s)%s(%s)$' "$before" "$version_pattern" "$after"
}

# show_versions: the version in each file, as "FILE VERSION". Fails if a file has no such line, or
# several.
show_versions() {
    local file line found status=0
    while read -r file line; do
        found=$(sed -nE "s|$(version_line "$line")|&|p" "$root/$file") || found=
        if [[ -z $found || $found == *$'\n'* ]]; then
            say "$file: expected one line like: $line"
            status=1
            continue
        fi
        [[ $found =~ $version_pattern ]]
        printf '%s %s\n' "$file" "${BASH_REMATCH[0]}"
    done < <(version_files)
    return "$status"
}

# set_versions VERSION: writes it to all files, or to none if one of them is not as expected.
set_versions() {
    local version=$1 file line
    [[ $version =~ ^$version_pattern$ ]] || die "\"$version\" is no version such as 1.2.0 or 1.2.0-rc.1" 2
    show_versions >/dev/null || return
    while read -r file line; do
        # A copy, for the mode.
        cp -p "$root/$file" "$root/$file.new"
        sed -E "s|$(version_line "$line")|\1$version\3|" "$root/$file" >"$root/$file.new"
    done < <(version_files)
    while read -r file line; do
        mv "$root/$file.new" "$root/$file"
    done < <(version_files)
}
