# Builds Debian packages for another release of Debian: in a chroot of that release, from the source
# archive, by Debian's own cargo and without a network.
# shellcheck shell=bash disable=SC2154 # root is the caller's

# make_builder SUITE: the system that builds, with what scripts/setup installs and Debian's cargo.
make_builder() {
    local list packages
    list=$("$root/scripts/setup" --list --packages)
    mapfile -t packages <<<"$list"
    make_chroot "$1-build" "$1" "${packages[@]}" cargo git
}

# build_in SUITE ARCHIVES FOLDER VERSION...: FOLDER/VERSION gets the packages. ARCHIVES is the folder
# with the source archive.
build_in() {
    local suite=$1 archives=$2 folder=$3 version
    shift 3
    copy_chroot "$suite-build"
    mkdir "$SYSTEM/build"
    tar --extract --directory "$SYSTEM/build" --strip-components 1 --file "$archives"/*.tar.*
    for version; do
        enter "$SYSTEM" /build/scripts/package --output "/out/$version" deb --version "$version"
        mkdir -p "$folder/$version"
        cp "$SYSTEM/out/$version"/*.deb "$folder/$version"
    done
    remove_copy
}
