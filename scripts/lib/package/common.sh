# Shared by scripts/lib/package/*: the folder for packages, progress, and copies of the tree.
# shellcheck shell=bash disable=SC2154 # root and program are the caller's

program="package $program"

# Messages go to the terminal also while a task's output goes to its log.
exec 3>&2

# open_output: makes the folder for packages ($PACKAGE_OUTPUT), and sets WORK, a folder in it for
# unfinished files, which is removed at the exit.
open_output() {
    PACKAGE_OUTPUT=${PACKAGE_OUTPUT-$root/dist}
    mkdir -p "$PACKAGE_OUTPUT" || die "cannot make the folder \"$PACKAGE_OUTPUT\""
    # On the same file system, so that mv is a rename.
    WORK=$(mktemp -d "$PACKAGE_OUTPUT/.work.XXXXXX")
    at_exit "rm -rf '$WORK'"
    at_exit show_failed_task
}

# publish FILE...: moves complete files to the folder for packages, writes SHA256SUMS, and prints
# their names.
publish() {
    local file
    for file in "$@"; do
        chmod 644 "$file"
        mv -f "$file" "$PACKAGE_OUTPUT/"
    done
    write_sums
    for file in "$@"; do
        printf '%s\n' "$PACKAGE_OUTPUT/${file##*/}"
    done
}

# publish_folder FOLDER: the same for a folder, which takes the place of an older one.
publish_folder() {
    local name=${1##*/}
    chmod -R u=rwX,go=rX "$1"
    rm -rf "$WORK/old"
    [[ ! -e $PACKAGE_OUTPUT/$name ]] || mv "$PACKAGE_OUTPUT/$name" "$WORK/old"
    mv "$1" "$PACKAGE_OUTPUT/"
    write_sums
    printf '%s\n' "$PACKAGE_OUTPUT/$name"
}

# The sums of all packages that are there. Two runs at the same time wait for each other.
write_sums() {
    (
        flock 9
        cd "$PACKAGE_OUTPUT" || exit
        find . -type f ! -path './.*' ! -name SHA256SUMS -printf '%P\0' | LC_ALL=C sort -z \
            | xargs -0 -r sha256sum >.SHA256SUMS
        mv -f .SHA256SUMS SHA256SUMS
    ) 9>"$PACKAGE_OUTPUT/.lock"
}

# ---- progress

task_running='' task_log='' task_clock=''

# task NAME COMMAND...: runs the command, and says how many seconds it took. On a terminal, the
# seconds are counted while it runs. What the command prints is shown only if it fails: then, the
# script ends. Functions can set variables.
task() {
    local begin=$SECONDS
    task_running=$1
    shift
    task_log=$(mktemp)
    start_clock
    "$@" >"$task_log" 2>&1 </dev/null
    stop_clock
    rm -f "$task_log"
    printf '%s: %s (%s s)\n' "$program" "$task_running" $((SECONDS - begin)) >&3
    task_running=
}

start_clock() {
    [[ -t 3 ]] || return 0
    (
        trap 'exit 0' TERM
        for ((second = 0; ; second++)); do
            printf '\r%s: %s ... %s s' "$program" "$task_running" "$second" >&3
            sleep 1
        done
    ) &
    task_clock=$!
}

stop_clock() {
    [[ -n $task_clock ]] || return 0
    kill "$task_clock" 2>/dev/null || true
    wait "$task_clock" 2>/dev/null || true
    task_clock=
    printf '\r\033[K' >&3
}

# For at_exit.
show_failed_task() {
    stop_clock
    [[ -n $task_running ]] || return 0
    cat "$task_log" >&3
    rm -f "$task_log"
    printf '%s: failed: %s\n' "$program" "$task_running" >&3
}

# ---- the tree

# The version in Cargo.toml.
source_version() {
    sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"$/\1/p' "$root/Cargo.toml"
}

# source_date: the time of all files in a package, so that two runs make the same bytes:
# SOURCE_DATE_EPOCH, else the time of the last commit, else that of Cargo.toml, which an archive has
# kept.
source_date() {
    if [[ -n ${SOURCE_DATE_EPOCH-} ]]; then
        [[ $SOURCE_DATE_EPOCH =~ ^[0-9]+$ ]] || die "SOURCE_DATE_EPOCH is not a number of seconds" 2
        printf '%s\n' "$SOURCE_DATE_EPOCH"
    else
        # A folder above may be somebody else's repository.
        { [[ -e $root/.git ]] && git -C "$root" log -1 --format=%ct 2>/dev/null; } || stat -c %Y "$root/Cargo.toml"
    fi
}

# copy_tree FOLDER: the project's files, without what is built. It works without git, because a
# source archive has no .git. Crates in vendor/ keep all their files, because cargo wants to see
# each of them. Modes are 644 or 755, whatever the umask was.
copy_tree() {
    mkdir -p "$1"
    tar --create --directory "$root" --exclude=./.git --exclude=./target --exclude=./dist --exclude=./.nginx \
        --exclude=./.cargo --exclude='./t/servroot*' --exclude=__pycache__ \
        --exclude='./fuzz/target' --exclude='./fuzz/artifacts' --exclude='./fuzz/coverage' . \
        | tar --extract --directory "$1" --no-same-owner
    chmod -R u=rwX,go=rX "$1"
}
