//! Is nginx following an X-Accel-Redirect? The application that sent it has already decided.

use core::ptr;

use nginx_sys::{
    NGX_HTTP_SPECIAL_RESPONSE, NGX_HTTP_UPSTREAM_IGN_XA_REDIRECT, ngx_http_parse_unsafe_uri,
    ngx_http_upstream_t, ngx_str_t, ngx_uint_t,
};
use ngx::core::Status;

use crate::nginx::http_module::Core;
use crate::nginx::request::Request;

/// Whether the X-Accel-Redirect of `upstream` has caused this arrival. Valid only at the beginning
/// of the arrival, before any rewrite. False for an error page: nginx shows the page of an
/// intercepted error although the header is set.
///
/// `recurses`: whether some location of the configuration has `recursive_error_pages on`.
pub(crate) fn is_followed(request: Request<'_>, upstream: &ngx_http_upstream_t, recurses: bool) -> bool {
    // SAFETY: NULL, or a header line of the response in the request's pool.
    let Some(header) = (unsafe { upstream.headers_in.x_accel_redirect.as_ref() }) else { return false };
    // SAFETY: an upstream that has sent a response has a configuration.
    let Some(conf) = (unsafe { upstream.conf.as_ref() }) else { return false };
    if conf.ignore_headers & NGX_HTTP_UPSTREAM_IGN_XA_REDIRECT as ngx_uint_t != 0 {
        return false;
    }
    // With recursive_error_pages, `error_page 404 = /x` leaves no sign. So assume that nginx
    // intercepted an error if it may have done so.
    let is_error = upstream.headers_in.status_n >= NGX_HTTP_SPECIAL_RESPONSE as ngx_uint_t;
    if is_error && conf.intercept_errors != 0 && recurses {
        return false;
    }
    let value = header.value;
    if value.as_bytes().starts_with(b"@") {
        request.loc_conf::<Core>().name == value
    } else {
        parse(request, value).is_some_and(|uri| uri.as_bytes() == request.uri())
    }
}

/// The URI in the header's value, if nginx accepts it.
fn parse(request: Request<'_>, value: ngx_str_t) -> Option<ngx_str_t> {
    let mut uri = value;
    let mut args = ngx_str_t { len: 0, data: ptr::null_mut() };
    let mut flags: ngx_uint_t = 0;
    if uri.is_empty() {
        return None;
    }
    // SAFETY: the request is live, and the strings are our own copies. nginx only reads their
    // bytes, and unescapes them into new memory.
    let result =
        unsafe { ngx_http_parse_unsafe_uri(request.as_ptr(), &raw mut uri, &raw mut args, &raw mut flags) };
    (Status(result) == Status::NGX_OK).then_some(uri)
}
