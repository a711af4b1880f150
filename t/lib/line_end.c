/*
 * $line_end: the byte after the request line. Lua's ngx.req.raw_header() reads it to find the
 * length of the line end.
 */

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

static ngx_int_t
line_end_get(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t  data)
{
    u_char *text = ngx_pnalloc(r->pool, sizeof("255"));

    if (text == NULL) {
        return NGX_ERROR;
    }
    v->data = text;
    v->len = ngx_sprintf(text, "%ui", (ngx_uint_t) r->request_line.data[r->request_line.len]) - text;
    v->valid = 1;
    v->no_cacheable = 1;
    v->not_found = 0;
    return NGX_OK;
}

static ngx_int_t
line_end_add_variables(ngx_conf_t *cf)
{
    ngx_str_t name = ngx_string("line_end");
    ngx_http_variable_t *variable = ngx_http_add_variable(cf, &name, NGX_HTTP_VAR_NOCACHEABLE);

    if (variable == NULL) {
        return NGX_ERROR;
    }
    variable->get_handler = line_end_get;
    return NGX_OK;
}

static ngx_http_module_t line_end_ctx = { line_end_add_variables, NULL, NULL, NULL, NULL, NULL, NULL, NULL };

static ngx_module_t line_end_module = {
    NGX_MODULE_V1, &line_end_ctx, NULL, NGX_HTTP_MODULE, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    NGX_MODULE_V1_PADDING
};

ngx_module_t *ngx_modules[] = { &line_end_module, NULL };
char *ngx_module_names[] = { "line_end_module", NULL };
char *ngx_module_order[] = { NULL };
