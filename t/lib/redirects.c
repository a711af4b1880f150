/*
 * Redirects as other modules make them (Lua's ngx.exec): in the rewrite, access and precontent
 * phases, and in a content handler that sets the status first. With a different NAME, copies can be
 * loaded together.
 */

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#define TEXT2(name)  #name
#define TEXT(name)   TEXT2(name)
#define JOIN3(a, b, c)  a ## b ## c
#define JOIN2(a, b, c)  JOIN3(a, b, c)
#define MODULE       JOIN2(ngx_http_, NAME, _redirect_module)

extern ngx_module_t  MODULE;

typedef struct {
    ngx_str_t  rewrite;
    ngx_str_t  access;
    ngx_str_t  precontent;
    ngx_str_t  content;
} conf_t;

static void
redirect(ngx_http_request_t *r, ngx_str_t *uri)
{
    if (uri->data[0] == '@') {
        ngx_http_named_location(r, uri);
    } else {
        ngx_http_internal_redirect(r, uri, &r->args);
    }
}

static ngx_int_t
redirect_in_phase(ngx_http_request_t *r, ngx_str_t *uri)
{
    if (uri->len == 0 || r != r->main) {
        return NGX_DECLINED;
    }

    redirect(r, uri);
    ngx_http_finalize_request(r, NGX_DONE);
    return NGX_DONE;
}

static ngx_int_t
rewrite_handler(ngx_http_request_t *r)
{
    conf_t  *conf = ngx_http_get_module_loc_conf(r, MODULE);

    return redirect_in_phase(r, &conf->rewrite);
}

static ngx_int_t
access_handler(ngx_http_request_t *r)
{
    conf_t  *conf = ngx_http_get_module_loc_conf(r, MODULE);

    return redirect_in_phase(r, &conf->access);
}

static ngx_int_t
precontent_handler(ngx_http_request_t *r)
{
    conf_t  *conf = ngx_http_get_module_loc_conf(r, MODULE);

    return redirect_in_phase(r, &conf->precontent);
}

static ngx_int_t
content_handler(ngx_http_request_t *r)
{
    conf_t  *conf = ngx_http_get_module_loc_conf(r, MODULE);

    /* Lua's "ngx.status = 403". */
    r->err_status = 0;
    r->headers_out.status = NGX_HTTP_FORBIDDEN;

    redirect(r, &conf->content);
    return NGX_DONE;
}

static void *
create_loc_conf(ngx_conf_t *cf)
{
    return ngx_pcalloc(cf->pool, sizeof(conf_t));
}

static char *
set_content(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_core_loc_conf_t  *clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    clcf->handler = content_handler;
    return ngx_conf_set_str_slot(cf, cmd, conf);
}

static ngx_command_t  commands[] = {
    { ngx_string(TEXT(NAME) "_redirect_rewrite"), NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot, NGX_HTTP_LOC_CONF_OFFSET, offsetof(conf_t, rewrite), NULL },
    { ngx_string(TEXT(NAME) "_redirect_access"), NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot, NGX_HTTP_LOC_CONF_OFFSET, offsetof(conf_t, access), NULL },
    { ngx_string(TEXT(NAME) "_redirect_precontent"), NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot, NGX_HTTP_LOC_CONF_OFFSET, offsetof(conf_t, precontent), NULL },
    { ngx_string(TEXT(NAME) "_redirect_content"), NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      set_content, NGX_HTTP_LOC_CONF_OFFSET, offsetof(conf_t, content), NULL },
    ngx_null_command
};

static ngx_int_t
add(ngx_conf_t *cf, ngx_uint_t phase, ngx_http_handler_pt handler)
{
    ngx_http_core_main_conf_t  *cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    ngx_http_handler_pt        *h = ngx_array_push(&cmcf->phases[phase].handlers);

    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = handler;
    return NGX_OK;
}

static ngx_int_t
init(ngx_conf_t *cf)
{
    if (add(cf, NGX_HTTP_REWRITE_PHASE, rewrite_handler) != NGX_OK
        || add(cf, NGX_HTTP_ACCESS_PHASE, access_handler) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return add(cf, NGX_HTTP_PRECONTENT_PHASE, precontent_handler);
}

static ngx_http_module_t  context = { NULL, init, NULL, NULL, NULL, NULL, create_loc_conf, NULL };

ngx_module_t  MODULE = {
    NGX_MODULE_V1, &context, commands, NGX_HTTP_MODULE, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NGX_MODULE_V1_PADDING
};

ngx_module_t  *ngx_modules[] = { &MODULE, NULL };
char          *ngx_module_names[] = { "ngx_http_" TEXT(NAME) "_redirect_module", NULL };
char          *ngx_module_order[] = { NULL };
