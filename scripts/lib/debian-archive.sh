# Packages of other Debian releases. They come through a package list of our own, so no other
# release is ever enabled on the machine.
# shellcheck shell=bash

# debian_mirror: the address of this machine's mirror of Debian. It serves all releases, and nothing
# here names a host.
debian_mirror() {
    local mirror
    # shellcheck disable=SC2016 # apt-get expands them
    mirror=$(apt-get indextargets --format '$(SITE)|$(ORIGIN)|$(LABEL)' 'Created-By: Packages' \
        | awk -F'|' '$2 == "Debian" && $3 == "Debian" { print $1; exit }')
    [[ -n $mirror ]] || die "no Debian archive among the apt sources of this machine (run apt-get update)"
    printf '%s\n' "$mirror"
}

# open_debian_archive KIND SUITE...: reads the lists of these releases. KIND is deb or deb-src. Sets
# ARCHIVE, a folder for downloads, which is removed at the exit.
open_debian_archive() {
    local kind=$1 keyring=/usr/share/keyrings/debian-archive-keyring.gpg mirror suite
    shift
    mirror=$(debian_mirror)
    ARCHIVE=$(mktemp -d)
    at_exit "rm -rf '$ARCHIVE'"
    chmod 755 "$ARCHIVE"
    mkdir -p "$ARCHIVE"/{lists/partial,cache/archives/partial}
    for suite in "$@"; do
        echo "$kind [signed-by=$keyring] $mirror $suite main"
    done >"$ARCHIVE/sources.list"
    # As if nothing were installed on this machine. Nothing will be.
    : >"$ARCHIVE/status"
    archive_options=(-q -o "Dir::Etc::SourceList=$ARCHIVE/sources.list" -o Dir::Etc::SourceParts=/dev/null
        -o "Dir::State::Lists=$ARCHIVE/lists" -o "Dir::State::status=$ARCHIVE/status" -o "Dir::Cache=$ARCHIVE/cache"
        -o APT::Sandbox::User=root
        # sid's list is valid for a week, and mirrors may lag. Its signature is still checked.
        -o Acquire::Check-Valid-Until=false)
    run_quietly apt-get "${archive_options[@]}" update
}

# archive_get ARGUMENT...: apt-get with these lists, in $ARCHIVE.
archive_get() {
    (cd "$ARCHIVE" && run_quietly apt-get "${archive_options[@]}" "$@")
}

# archive_source_versions PACKAGE: the versions of a source package, the oldest first.
archive_source_versions() {
    apt-cache "${archive_options[@]}" showsrc "$1" | sed -n 's/^Version: //p' | sort -uV
}

# archive_binary_version PACKAGE: the newest version of a package.
archive_binary_version() {
    apt-cache "${archive_options[@]}" policy "$1" | sed -n 's/^ *Candidate: //p'
}
