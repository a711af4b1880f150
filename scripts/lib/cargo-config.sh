# The parts of .cargo/config.toml.
# shellcheck shell=bash

# On ARM, the crate aes uses the processor's instructions only with a flag.
cargo_config_for_arm() {
    cat <<'TOML'
[target.aarch64-unknown-linux-gnu]
rustflags = ["--cfg", "aes_armv8"]
TOML
}

# rustflags_for_processor: the same, for RUSTFLAGS, which replace those of .cargo/config.toml.
rustflags_for_processor() {
    [[ $(uname -m) != aarch64 ]] || printf '%s\n' '--cfg aes_armv8'
}

# The crates of a source archive.
cargo_config_for_vendor() {
    cat <<'TOML'
[source.crates-io]
replace-with = "vendor"

[source.vendor]
directory = "vendor"
TOML
}

# is_own_cargo_config FILE: succeeds if it has only lines that scripts of this project write, or
# wrote in earlier versions.
is_own_cargo_config() {
    local line lines=$'\n'
    lines+=$(cargo_config_for_arm && cargo_config_for_vendor)$'\n[env]\n'
    while IFS= read -r line || [[ -n $line ]]; do
        [[ $line =~ ^\ *(#.*)?$ || $lines == *$'\n'"$line"$'\n'* ]] && continue
        [[ $line =~ ^NGINX_(SOURCE|BUILD)_DIR\ =\ \{\ value\ =\ \"\.nginx/debian(/objs)?\",\ relative\ =\ true\ \}$ ]] \
            || return
    done <"$1"
}
