# An upgrade while the configuration has an error.
# shellcheck shell=bash disable=SC2154 # old_version and new_version are in versions.sh
# shellcheck source=scripts/lib/package/inside/common.sh
source /check/common.sh
# shellcheck source=/dev/null # written by scripts/lib/package/check
source /check/versions.sh

follow_readme
serve_version
before=$(master)
mv /etc/nginx/pta /tmp/pta-keys
bring_new_packages
status=0
apt-get upgrade -y >/tmp/upgrade 2>&1 || status=$?
cat /tmp/upgrade
result "apt upgrade with an error in the configuration" "$status"
check "it says what to do" says /tmp/upgrade 'nginx still runs the old module'
check "version $old_version goes on" version_is "$old_version"
check "in the same master" master_is "$before"
check "it serves the link" answers 200 "$LINK"
mv /tmp/pta-keys /etc/nginx/pta
check "repaired, nginx restarts" service nginx restart
check "version $new_version runs" version_is "$new_version"
check "the link is the same" answers 200 "$LINK"
stop
ran_to_its_end
