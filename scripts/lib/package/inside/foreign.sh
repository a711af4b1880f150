# The packages of another Debian release.
# shellcheck shell=bash
# shellcheck source=scripts/lib/package/inside/common.sh
source /check/common.sh

echo "deb [signed-by=/srv/pta/pta.gpg] file:/srv/pta ./" >/etc/apt/sources.list.d/pta.list
apt-get update
status=0
apt-get install -y libnginx-mod-http-pta >/tmp/refusal 2>&1 || status=$?
cat /tmp/refusal
words=$(sed -n 's/^ *\(libnginx-mod-http-pta : Depends:.*nginx-abi.*\)/\1/p' /tmp/refusal | head -n 1)
result "apt refuses the module of another release" "$([[ $status != 0 && -n $words ]] && echo 0 || echo 1)" "$words"
check "nothing was installed" not test -e /usr/lib/nginx/modules/ngx_http_pta_module.so
apt-get install -y pta-tools
check "pta-tools of another release works" pta keygen --files /tmp/keys
ran_to_its_end
