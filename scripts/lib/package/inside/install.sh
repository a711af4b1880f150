# README's steps, what they have installed, and requests.
# shellcheck shell=bash
# shellcheck source=scripts/lib/package/inside/common.sh
source /check/common.sh

status=0
follow_readme || status=1
result "README's steps give a link" "$status" "$SECONDS_TAKEN s"

check "nginx runs" runs
check "the link: 200" answers 200 "$LINK"
check "with the file of nginx's package" cmp -s /tmp/body "/var/www/html/$FILE"
check "without a token: 400" answers 400 "$SITE/$FILE"
pta keygen --files /tmp/other >/dev/null
token=$(pta issue --pair-file /tmp/other/1st.pair --path "/$FILE" --expires +1h)
check "a token of other keys: 403" answers 403 "$SITE/$FILE?pta=$token"
check "a token for another file: 403" answers 403 "${LINK/$FILE/}"
check "an expired link: 410" answers 410 "$(link_for "$FILE" 2020-01-01T00:00:00Z 2>/dev/null)"

check "the module is enabled" test -L /etc/nginx/modules-enabled/50-mod-http-pta.conf
check "no Rust is here" not command -v cargo

reads_manual() {
    local page
    for page in pta pta-issue pta-rotate; do
        man "$page" >/tmp/page 2>&1 && says /tmp/page "PTA for nginx" "$page" || return 1
    done
}
check "man pta, pta-issue, pta-rotate" reads_manual

# What bash does at the tabulator key.
completes() {
    bash -euc '
        source /usr/share/bash-completion/bash_completion
        set +eu
        _completion_loader pta || __load_completion pta
        COMP_WORDS=(pta ro) COMP_CWORD=1 COMP_LINE="pta ro" COMP_POINT=6
        function=$(complete -p pta | sed "s/.*-F \([^ ]*\).*/\1/")
        "$function" pta ro pta
        [[ " ${COMPREPLY[*]} " == *" rotate "* ]]'
}
check "completion in bash" completes

check "examples for applications" test -s /usr/share/doc/pta-tools/examples/signers/php/sign.php
check "the documents" test -s /usr/share/doc/libnginx-mod-http-pta/docs/reference.md
# shellcheck source=scripts/lib/package/inside/remove.sh
source /check/remove.sh
