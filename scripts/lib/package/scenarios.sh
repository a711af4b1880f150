# The table of results, and scenarios in fresh Debian systems, for scripts/lib/package/check.
# shellcheck shell=bash disable=SC2154,SC2034 # root, the versions, SYSTEM and SUCCEEDED are the caller's

# ---- results

RESULTS=$root/target/package/check
table=$RESULTS/table
failed=0

# row RELEASE WHAT RESULT [NOTE]
row() {
    printf '| %s | %s | %s | %s |\n' "$1" "$2" "$3" "${4-}" >>"$table"
    [[ $3 == ok ]] || failed=$((failed + 1))
}

# show_table: for at_exit, because a run that ends early has one as well.
show_table() {
    [[ -s $table ]] || return 0
    printf '\n| Debian | what | result | |\n| --- | --- | --- | --- |\n'
    cat "$table"
}

# attempt RELEASE WHAT COMMAND...: a task whose failure is a row of the table, and not the end. Sets
# SUCCEEDED.
attempt() {
    local release=$1 what=$2 begin=$SECONDS
    local log=$RESULTS/$1-${2//[^A-Za-z0-9.]/-}.log
    shift 2
    task "$release: $what" apart "$log" "$@"
    SUCCEEDED=
    if [[ -e $log.succeeded ]]; then
        SUCCEEDED=yes
        row "$release" "$what" ok "$((SECONDS - begin)) s"
    else
        row "$release" "$what" FAILED "log: ${log#"$root"/}"
    fi
}

# apart LOG COMMAND...: in a shell of its own. (In a condition, set -e would have no effect.)
apart() {
    local log=$1
    shift
    set +e
    (
        exit_commands=()
        set -e
        "$@"
        touch "$log.succeeded"
    ) >"$log" 2>&1
    set -e
}

# ---- scenarios, in the files of inside/

# scenario RELEASE NAME WHAT REPOSITORY [NEWER]: runs inside/NAME.sh in a copy of the system, with the
# repository in /srv/pta and the newer one in /srv/pta-new. Each result is a row.
scenario() {
    local release=$1 name=$2 what=$3
    attempt "$release" "$what" run_scenario "$@"
    # What it has found until its end or its failure.
    while IFS=$'\t' read -r what result note; do
        row "$release" "$what" "$result" "$note"
    done <"$RESULTS/$release-$name.results"
    [[ -s $RESULTS/$release-$name.results ]] || row "$release" "$name" "FAILED" "no results"
}

run_scenario() {
    local release=$1 name=$2 repository=$4 newer=${5-}
    local results=$RESULTS/$release-$name.results
    : >"$results"
    copy_chroot "$release"
    cp -r "$root/scripts/lib/package/inside" "$SYSTEM/check"
    readme_steps >"$SYSTEM/check/steps.sh"
    [[ -s $SYSTEM/check/steps.sh ]] || die "README.md has no steps below \"Install with apt\""
    printf 'old_version=%s\nnew_version=%s\n' "$OLD_VERSION" "$VERSION" >"$SYSTEM/check/versions.sh"
    cp -r "$repository" "$SYSTEM/srv/pta"
    [[ -z $newer ]] || cp -r "$newer" "$SYSTEM/srv/pta-new"
    # If it dies, the results until then are rows, and the last one is missing.
    enter "$SYSTEM" bash "/check/$name.sh" || true
    cp "$SYSTEM/check/results" "$results"
    remove_copy
    grep -qx $'ran to its end\tok\t' "$results" || die "$name.sh did not run to its end"
    ! grep -q $'\tFAILED\t' "$results"
}
