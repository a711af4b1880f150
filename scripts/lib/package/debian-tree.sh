# The tree that Debian packages are built from.
# shellcheck shell=bash disable=SC2154 # root is the caller's

# make_debian_tree FOLDER VERSION: a copy of the tree, with packaging/debian as debian/, a changelog
# and the version in all places. Files that are as before keep their times, so that cargo does not
# compile them again. Sets DEBIAN_VERSION.
make_debian_tree() {
    local tree=$1 version=$2
    DEBIAN_VERSION=$(debian_version "$version")
    rm -rf "$tree"
    copy_tree "$tree"
    [[ $version == "$(source_version)" ]] || set_tree_version "$tree" "$version"
    cp -rT "$tree/packaging/debian" "$tree/debian"
    write_debian_changelog "$tree/debian/changelog" "$version"
}

# debian_version VERSION: 0.1.0-1~deb12 on Debian 12, and the next release has a higher one. A
# candidate is lower than its release: 0.2.0~rc.1-1~deb12.
debian_version() {
    printf '%s-1~deb%s\n' "${1/-/\~}" "$(debian_release)"
}

# The number of the Debian release of this machine.
debian_release() {
    local os
    os=$(os_release_id)
    [[ $os =~ ^debian-[0-9]+$ ]] || die "Debian packages are built on Debian, and this is \"$os\""
    printf '%s\n' "${os#debian-}"
}

# set_tree_version FOLDER VERSION: in a copy of the tree, in Cargo.lock as well.
set_tree_version() {
    local old
    old=$(source_version)
    root=$1 set_versions "$2"
    # Only the project's own crates have no source.
    awk -v old="version = \"$old\"" -v new="version = \"$2\"" '
        BEGIN { RS = ""; ORS = "\n\n" }
        !/\nsource = / { sub(old, new) }
        { print }' "$1/Cargo.lock" >"$1/Cargo.lock.new"
    mv "$1/Cargo.lock.new" "$1/Cargo.lock"
}

# The changelog for users is CHANGELOG.md, which is in the package as well.
write_debian_changelog() {
    local maintainer
    maintainer=$(sed -n 's/^Maintainer: //p' "$root/packaging/debian/control")
    cat >"$1" <<CHANGELOG
libnginx-mod-http-pta ($DEBIAN_VERSION) unstable; urgency=medium

  * Version $2 of PTA for nginx. The upstream changelog says what is new.

 -- $maintainer  $(LC_ALL=C date --utc --rfc-email --date="@$(source_date)")
CHANGELOG
}
