# Appends the rules for the module to objs/Makefile. $NGX_OBJS may be absolute, or relative to the
# source (objs).

ngx_pta_root=`cd $ngx_addon_dir/.. && pwd`
ngx_pta_source=`pwd`
ngx_pta_objs=`cd $NGX_OBJS && pwd`

# nginx's auto/install resolves the path later.
case ".$NGX_MODULES_PATH" in
    ./*)
        ngx_pta_modules=$NGX_MODULES_PATH
    ;;
    .)
        ngx_pta_modules=$NGX_PREFIX/modules
    ;;
    *)
        ngx_pta_modules=$NGX_PREFIX/$NGX_MODULES_PATH
    ;;
esac

# A source archive has the crates in vendor/, and .cargo/config.toml names them. Whoever copies only
# what * matches, as nginx's build_module.sh does, leaves that file behind.
ngx_pta_crates=
if [ -d $ngx_pta_root/vendor -a ! -f $ngx_pta_root/.cargo/config.toml ]; then
    ngx_pta_crates="--config 'source.crates-io.replace-with=\"vendor\"' \
        --config 'source.vendor.directory=\"$ngx_pta_root/vendor\"'"
fi

cat << END                                                    >> $NGX_MAKEFILE

modules:	$NGX_OBJS/ngx_http_pta_module.so

# Always runs cargo, which finds out what has changed. It reads .cargo/config.toml of its folder and
# of those above.
.PHONY:	ngx_http_pta_module_cargo

ngx_http_pta_module_cargo:
	cd $ngx_pta_root && NGINX_SOURCE_DIR=$ngx_pta_source NGINX_BUILD_DIR=$ngx_pta_objs \\
	${CARGO:-cargo} build --release --locked --package ngx-http-pta-module $ngx_pta_crates \\
		--target-dir $ngx_pta_objs/addon/ngx_http_pta_module

$NGX_OBJS/ngx_http_pta_module.so:	ngx_http_pta_module_cargo
	cp $NGX_OBJS/addon/ngx_http_pta_module/release/libngx_http_pta_module.so \\
		$NGX_OBJS/ngx_http_pta_module.so

install:	install_ngx_http_pta_module

install_ngx_http_pta_module:
	test ! -f $NGX_OBJS/ngx_http_pta_module.so \\
		|| (mkdir -p '\$(DESTDIR)$ngx_pta_modules' \\
		&& cp $NGX_OBJS/ngx_http_pta_module.so '\$(DESTDIR)$ngx_pta_modules/')

END
