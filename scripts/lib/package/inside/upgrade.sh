# An upgrade of the module under a running nginx.
# shellcheck shell=bash disable=SC2154 # old_version and new_version are in versions.sh
# shellcheck source=scripts/lib/package/inside/common.sh
source /check/common.sh
# shellcheck source=/dev/null # written by scripts/lib/package/check
source /check/versions.sh

status=0
follow_readme || status=$?
result "README's steps with version $old_version" "$status"
serve_version
check "version $old_version runs" version_is "$old_version"
before=$(master)

# A download that lasts longer than the upgrade, and requests without a pause.
head -c 3000000 /dev/urandom >/var/www/html/large
curl -s --limit-rate 200k -o /tmp/large "$(link_for large +1h)" &
download=$!
(
    while [[ ! -e /tmp/enough ]]; do
        answers 200 "$LINK" >>/tmp/failures || true
        echo . >>/tmp/requests
    done
) &
requests=$!

bring_new_packages
status=0
yes 2>/dev/null | apt upgrade >/tmp/upgrade 2>&1 || status=$?
cat /tmp/upgrade
result "apt upgrade" "$status"
check "version $new_version runs" version_is "$new_version"
check "in a new master" not master_is "$before"
status=0
wait "$download" || status=$?
result "a download during the upgrade is complete" "$status"
check "and has the bytes of the file" cmp /tmp/large /var/www/html/large
touch /tmp/enough
wait "$requests"
cat /tmp/failures
result "no request failed" "$([[ -s /tmp/requests && ! -s /tmp/failures ]] && echo 0 || echo 1)" "$(wc -l </tmp/requests) requests"
check "the old master has ended" ends "$before"
check "the link is the same" answers 200 "$LINK"

stop
apt-get install -y --reinstall libnginx-mod-http-pta
check "if nginx does not run, an upgrade does not start it" not runs
check "and the next start has the new module" service nginx start
check "version $new_version runs" version_is "$new_version"
stop
ran_to_its_end
