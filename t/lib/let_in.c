/* An access module that allows requests with the argument "friend". */

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

static ngx_int_t
handler(ngx_http_request_t *r)
{
    ngx_str_t  value;

    return ngx_http_arg(r, (u_char *) "friend", 6, &value) == NGX_OK ? NGX_OK : NGX_DECLINED;
}

static ngx_int_t
init(ngx_conf_t *cf)
{
    ngx_http_core_main_conf_t  *cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    ngx_http_handler_pt        *h = ngx_array_push(&cmcf->phases[NGX_HTTP_ACCESS_PHASE].handlers);

    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = handler;
    return NGX_OK;
}

static ngx_http_module_t  context = { NULL, init, NULL, NULL, NULL, NULL, NULL, NULL };

ngx_module_t  ngx_http_let_in_module = {
    NGX_MODULE_V1, &context, NULL, NGX_HTTP_MODULE, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NGX_MODULE_V1_PADDING
};

ngx_module_t  *ngx_modules[] = { &ngx_http_let_in_module, NULL };
char          *ngx_module_names[] = { "ngx_http_let_in_module", NULL };
char          *ngx_module_order[] = { NULL };
