# Fresh Debian systems (chroots), kept in target/chroots.
# shellcheck shell=bash disable=SC2154 # root is the caller's

CHROOTS=$root/target/chroots

# make_chroot NAME SUITE [PACKAGE ...] [-- PACKAGE ...]: a system in $CHROOTS/NAME, with these
# packages installed, and with those after -- only downloaded, so that apt can install them without
# a network. Only this needs a network.
make_chroot() {
    local suite=$2 folder=$CHROOTS/$1 wanted="${*:2}" new mirror
    shift 2
    [[ -f $folder.made && $(<"$folder.made") == "$wanted" ]] && return
    rm -rf "$folder" "$folder.made"
    mkdir -p "$CHROOTS"
    new=$folder.new
    rm -rf "$new"
    mirror=$(debian_mirror)
    debootstrap --variant=minbase "$suite" "$new" "$mirror"
    # apt asks the name servers of this machine.
    cp /etc/resolv.conf "$new/etc/resolv.conf"
    keep_chroot_services_stopped "$new"
    # dpkg waits for the disk after each file otherwise. A system that is not complete is made anew.
    echo force-unsafe-io >"$new/etc/dpkg/dpkg.cfg.d/unsafe-io"
    local installed=() downloaded=()
    while (($#)); do
        if [[ $1 == -- ]]; then
            shift
            downloaded=("$@")
            break
        fi
        installed+=("$1")
        shift
    done
    enter_online "$new" apt-get update
    enter_online "$new" apt-get install -y --no-install-recommends "${installed[@]}"
    ((${#downloaded[@]} == 0)) || enter_online "$new" apt-get install -y --download-only "${downloaded[@]}"
    # From here on, services may start as if init had reached runlevel 2.
    rm "$new/usr/sbin/policy-rc.d" "$new/etc/dpkg/dpkg.cfg.d/unsafe-io"
    echo 2 N >"$new/run/runlevel"
    mv "$new" "$folder"
    printf '%s\n' "$wanted" >"$folder.made"
}

# While a system is made, nothing may start in it.
keep_chroot_services_stopped() {
    printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
    chmod 755 "$1/usr/sbin/policy-rc.d"
}

# copy_chroot NAME: a copy of that system, which is removed at the exit. Sets SYSTEM.
copy_chroot() {
    SYSTEM=$(mktemp -d "$CHROOTS/.copy.XXXXXX")
    at_exit "rm -rf --one-file-system '$SYSTEM'"
    cp -a --reflink=auto "$CHROOTS/$1/." "$SYSTEM"
}

remove_copy() {
    rm -rf --one-file-system "$SYSTEM"
}

# enter FOLDER COMMAND...: runs a command in that system, without a network. All that it leaves
# running ends with it.
enter() {
    run_in_chroot --net "$@"
}

# The same with the network of this machine.
enter_online() {
    run_in_chroot --ipc "$@"
}

run_in_chroot() {
    # shellcheck disable=SC2016 # for the inner shell
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive \
        unshare --mount --pid --fork --kill-child "$1" bash -euc '
            [[ $1 != --net ]] || ip link set lo up
            mount -t proc proc "$2/proc"
            mount -t devpts -o newinstance,ptmxmode=666 devpts "$2/dev/pts"
            chroot "${@:2}"' enter "$@" 3>&-
}
