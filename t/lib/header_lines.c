/*
 * $header_lines: the header lines of the request, read as nginx's upstream modules do, or what is
 * wrong with their list. Adds header lines before the content handler: ?add=5.
 */

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#define MOST 64

/* The arrays in which nginx has stored the lines that it has read. */
typedef struct {
    ngx_table_elt_t *start[MOST], *end[MOST];
    ngx_uint_t count;
} arrays_t;

static ngx_module_t header_lines_module;

static ngx_int_t
note_arrays(ngx_http_request_t *r)
{
    arrays_t *arrays = ngx_pcalloc(r->pool, sizeof(arrays_t));
    ngx_list_part_t *part;

    if (arrays == NULL) {
        return NGX_ERROR;
    }
    for (part = &r->headers_in.headers.part; part != NULL && arrays->count < MOST; part = part->next) {
        arrays->start[arrays->count] = part->elts;
        arrays->end[arrays->count] = (ngx_table_elt_t *) part->elts + r->headers_in.headers.nalloc;
        arrays->count++;
    }
    ngx_http_set_ctx(r, arrays, header_lines_module);
    return NGX_DECLINED;
}

static ngx_int_t
add_lines(ngx_http_request_t *r)
{
    ngx_str_t value = ngx_null_string;
    ngx_int_t count;
    ngx_table_elt_t *line;

    if (r != r->main || ngx_http_arg(r, (u_char *) "add", 3, &value) != NGX_OK) {
        return NGX_DECLINED;
    }
    for (count = ngx_atoi(value.data, value.len); count > 0; count--) {
        line = ngx_list_push(&r->headers_in.headers);
        if (line == NULL) {
            return NGX_ERROR;
        }
        ngx_memzero(line, sizeof(ngx_table_elt_t));
        ngx_str_set(&line->key, "Added");
        line->lowcase_key = (u_char *) "added";
        line->hash = 1;
        ngx_str_set(&line->value, "x");
    }
    return NGX_DECLINED;
}

static ngx_int_t
is_listed(ngx_http_request_t *r, ngx_table_elt_t *wanted)
{
    ngx_list_part_t *part;

    for (part = &r->headers_in.headers.part; part != NULL; part = part->next) {
        if (wanted >= (ngx_table_elt_t *) part->elts && wanted < (ngx_table_elt_t *) part->elts + part->nelts) {
            return 1;
        }
    }
    return wanted == NULL;
}

static const char *
fault(ngx_http_request_t *r)
{
    ngx_list_t *list = &r->headers_in.headers;
    ngx_list_part_t *part;
    arrays_t *arrays = ngx_http_get_module_ctx(r, header_lines_module);
    ngx_table_elt_t *first;
    ngx_uint_t n;

    for (part = &list->part; part != NULL; part = part->next) {
        if (part->nelts == 0 && part != &list->part) {
            return "a part is empty";
        }
        if (part->next == NULL && part != list->last) {
            return "the last part is another one";
        }
        first = part->elts;
        for (n = 0; arrays != NULL && n < arrays->count; n++) {
            if (first >= arrays->start[n] && first < arrays->end[n] && first + part->nelts > arrays->end[n]) {
                return "a part is longer than its array";
            }
        }
    }
    if (!is_listed(r, r->headers_in.authorization)) {
        return "Authorization points to a removed line";
    }
    if (!is_listed(r, r->headers_in.host) || !is_listed(r, r->headers_in.user_agent)) {
        return "a line has moved";
    }
#if (nginx_version >= 1023000)
    for (first = r->headers_in.authorization; first != NULL; first = first->next) {
        if (!is_listed(r, first)) {
            return "Authorization links to a removed line";
        }
    }
#endif
    return NULL;
}

static ngx_int_t
header_lines_get(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    const char *wrong = fault(r);
    ngx_list_part_t *part = &r->headers_in.headers.part;
    ngx_table_elt_t *lines = part->elts;
    u_char *text = ngx_pnalloc(r->pool, 65536), *end = text;
    ngx_uint_t i;

    if (text == NULL) {
        return NGX_ERROR;
    }
    for (i = 0; wrong == NULL; i++) {
        if (i >= part->nelts) {
            if (part->next == NULL) {
                break;
            }
            part = part->next;
            lines = part->elts;
            i = 0;
        }
        end = ngx_slprintf(end, text + 65536, "%s%V=%V", end == text ? "" : " ", &lines[i].key, &lines[i].value);
    }
    if (wrong != NULL) {
        end = ngx_slprintf(end, text + 65536, "%s", wrong);
    }
    v->data = text;
    v->len = end - text;
    v->valid = 1;
    v->no_cacheable = 1;
    v->not_found = 0;
    return NGX_OK;
}

static ngx_int_t
header_lines_add_variables(ngx_conf_t *cf)
{
    ngx_str_t name = ngx_string("header_lines");
    ngx_http_variable_t *variable = ngx_http_add_variable(cf, &name, NGX_HTTP_VAR_NOCACHEABLE);

    if (variable == NULL) {
        return NGX_ERROR;
    }
    variable->get_handler = header_lines_get;
    return NGX_OK;
}

static ngx_int_t
header_lines_add_handlers(ngx_conf_t *cf)
{
    ngx_http_core_main_conf_t *cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    ngx_http_handler_pt *noting = ngx_array_push(&cmcf->phases[NGX_HTTP_POST_READ_PHASE].handlers);
    ngx_http_handler_pt *adding = ngx_array_push(&cmcf->phases[NGX_HTTP_PRECONTENT_PHASE].handlers);

    if (noting == NULL || adding == NULL) {
        return NGX_ERROR;
    }
    *noting = note_arrays;
    *adding = add_lines;
    return NGX_OK;
}

static ngx_http_module_t header_lines_ctx = {
    header_lines_add_variables, header_lines_add_handlers, NULL, NULL, NULL, NULL, NULL, NULL
};

static ngx_module_t header_lines_module = {
    NGX_MODULE_V1, &header_lines_ctx, NULL, NGX_HTTP_MODULE, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    NGX_MODULE_V1_PADDING
};

ngx_module_t *ngx_modules[] = { &header_lines_module, NULL };
char *ngx_module_names[] = { "header_lines_module", NULL };
char *ngx_module_order[] = { NULL };
