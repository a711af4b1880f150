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

cat << END                                                    >> $NGX_MAKEFILE

modules:	$NGX_OBJS/ngx_http_pta_module.so

# Always runs cargo, which finds out what has changed. It reads .cargo/config.toml of its folder and
# of those above: a source archive with the crates in vendor/ names them there.
.PHONY:	ngx_http_pta_module_cargo

ngx_http_pta_module_cargo:
	cd $ngx_pta_root && NGINX_SOURCE_DIR=$ngx_pta_source NGINX_BUILD_DIR=$ngx_pta_objs \\
	${CARGO:-cargo} build --release --locked --package ngx-http-pta-module \\
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
