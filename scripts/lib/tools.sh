# Cargo's tools that checks need, in target/tools and nowhere else.
# shellcheck shell=bash disable=SC2154 # root is the caller's

# need_tool NAME VERSION: installs it once, and adds it to PATH. It is not optimised, because
# building it takes longer than running it.
need_tool() {
    local name=$1 version=$2 tools=$root/target/tools
    # Not every tool knows --version.
    if ! cargo install --list --root "$tools" 2>/dev/null | grep -x "$name v$version:" >/dev/null; then
        say "installing $name $version in target/tools (about a minute)"
        (
            # From a folder without .cargo/config.toml, which sets NGINX_SOURCE_DIR.
            cd /
            CARGO_PROFILE_DEV_DEBUG=0 run_quietly cargo install --locked --debug --quiet --force \
                --root "$tools" --target-dir "$tools/build" "$name@$version"
        )
        rm -rf "$tools/build"
    fi
    PATH=$tools/bin:$PATH
}
