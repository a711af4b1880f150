# SBOMs: which crates are in the module and in the command, with their versions and licences.
# shellcheck shell=bash disable=SC2154 # root is the caller's

source "$root/scripts/lib/build.sh"
source "$root/scripts/lib/tools.sh"

need_sbom_tool() {
    need_tool cargo-cyclonedx 0.5.9
}

# write_sboms TREE FOLDER: writes NAME-VERSION.cdx.json (CycloneDX) to FOLDER, for the module and for
# the command. They list what is compiled into the two files, on a system like this one. With
# SOURCE_DATE_EPOCH, two runs make the same bytes. Needs need_sbom_tool.
write_sboms() {
    local tree=$1 folder=$2 name place version host
    version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"$/\1/p' "$tree/Cargo.toml")
    host=$(rust_host)
    (
        cd "$tree" || exit
        export CARGO_NET_OFFLINE=true
        cargo cyclonedx --quiet --format json --spec-version 1.5 --no-build-deps --target "$host" || exit
        while read -r name place; do
            cargo tree --locked --package "$name" --edges normal,no-proc-macro --target "$host" --prefix none </dev/null \
                | "$root/scripts/lib/prune-sbom" "$place$name.cdx.json" "$tree" || exit
            mv "$place$name.cdx.json" "$folder/$name-$version.cdx.json" || exit
        done <<'PLACES'
ngx-http-pta-module
pta-cli cli/
PLACES
        find . -name target -prune -o -name '*.cdx.json' -exec rm {} +
    )
}
