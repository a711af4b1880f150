# Removal while the configuration still needs the module. install.sh runs this.
# shellcheck shell=bash disable=SC2154 # LINK is from install.sh

before=$(master)
status=0
apt-get remove -y libnginx-mod-http-pta >/tmp/removal 2>&1 || status=$?
cat /tmp/removal
result "removal while the module is configured" "$status"
check "it names the lines that need the module" says /tmp/removal \
    "/etc/nginx/conf.d/pta.conf:1" "/etc/nginx/conf.d/pta.conf:2" "/etc/nginx/conf.d/pta.conf:3" "its next start fails"
check "nginx goes on" master_is "$before"
check "it still serves the link" answers 200 "$LINK"
check "it still refuses" answers 400 "$SITE/$FILE"

nginx -t >/tmp/test 2>&1
check "nginx -t names the directive" says /tmp/test 'unknown directive "pta_1st_pair"'
check "a restart is refused, and nginx goes on" not service nginx restart
check "it still serves the link" answers 200 "$LINK"
stop
check "the next start fails" not service nginx start
check "and nginx does not run" not runs

mv /etc/nginx/conf.d/pta.conf /tmp/pta.conf
check "without these lines, nginx starts" service nginx start
check "and serves" answers 200 http://localhost/

apt-get install -y libnginx-mod-http-pta
mv /tmp/pta.conf /etc/nginx/conf.d/pta.conf
check "installed again, the module is enabled" service nginx reload
sleep 1
check "and serves the link" answers 200 "$LINK"

# The configuration has an error, so nginx cannot list its files.
mv /etc/nginx/pta /tmp/pta-keys
apt-get remove -y libnginx-mod-http-pta >/tmp/removal 2>&1
check "removal with an error in the configuration names the lines" says /tmp/removal "/etc/nginx/conf.d/pta.conf:3"
mv /tmp/pta-keys /etc/nginx/pta

rm /etc/nginx/conf.d/pta.conf
apt-get install -y libnginx-mod-http-pta
apt-get purge -y libnginx-mod-http-pta >/tmp/removal 2>&1
check "removal of a module that is not configured says nothing" not says /tmp/removal "its next start fails"
check "purge leaves nothing behind" test -z "$(find /etc/nginx /usr/lib/nginx /usr/share -name '*http?pta*' 2>/dev/null)"
check "nginx starts without the module" service nginx restart
stop
ran_to_its_end
