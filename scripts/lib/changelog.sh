# CHANGELOG.md: a part "## Unreleased" at the top, and one part for each release, as
# "## 1.2.0 (2026-01-05)".
# shellcheck shell=bash

# changelog_versions FILE: the versions that were released.
changelog_versions() {
    sed -nE 's/^## ([0-9]+\.[0-9]+\.[0-9]+) \([0-9-]+\)$/\1/p' "$1"
}

# check_unreleased FILE: succeeds if the first part is the unreleased one, and has some text.
check_unreleased() {
    awk '
        /^## / { parts++ }
        parts == 1 && /^## / { unreleased = ($0 == "## Unreleased") }
        parts == 1 && !/^#/ && NF { text = 1 }
        END { exit !(unreleased && text) }' "$1"
}

# date_changelog FILE VERSION DATE: makes the unreleased part that of the version.
date_changelog() {
    sed "s/^## Unreleased$/## $2 ($3)/" "$1" >"$1.new"
    mv "$1.new" "$1"
}
