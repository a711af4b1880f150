# auto/make reads this file if ./configure was given this folder.

ngx_addon_dir=$ngx_addon_dir/nginx-config

. $ngx_addon_dir/config.make
