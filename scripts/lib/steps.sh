# The steps of a run: each says how many seconds it took, and a table at the end has them all.
# shellcheck shell=bash

step_times=()
step_running=

# step NAME COMMAND...: runs the command.
step() {
    local name=$1 begin=$SECONDS
    shift
    step_running=$name
    printf '\n== %s\n' "$name"
    "$@"
    step_running=
    printf '== %s (%s s)\n' "$name" $((SECONDS - begin))
    step_times+=("$((SECONDS - begin))"$'\t'"$name")
}

# The table, for at_exit: a run that fails has one as well.
show_steps() {
    local line
    ((${#step_times[@]})) || [[ -n $step_running ]] || return 0
    printf '\n%7s  step\n' seconds
    for line in "${step_times[@]}"; do
        printf '%7s  %s\n' "${line%%$'\t'*}" "${line#*$'\t'}"
    done
    [[ -z $step_running ]] || printf '%7s  %s\n' FAILED "$step_running"
    printf '%7s  in all\n' "$SECONDS"
}
