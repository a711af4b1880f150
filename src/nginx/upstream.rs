//! Is nginx following an X-Accel-Redirect? The application that sent it has already decided.

use nginx_sys::{
    NGX_HTTP_SPECIAL_RESPONSE, NGX_HTTP_UPSTREAM_IGN_XA_REDIRECT, ngx_http_upstream_t, ngx_uint_t,
};

use crate::nginx::http_module::Core;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::nginx::text::bytes_of;
use crate::nginx::unsafe_uri;

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
    // SAFETY: as for the header line.
    let value = unsafe { bytes_of(header.value) };
    if value.starts_with(b"@") {
        return request.loc_conf::<Core>().name.as_bytes() == value;
    }
    match unsafe_uri::path(request, value) {
        Ok(path) => path == Some(request.uri()),
        // Then the request needs a token, as after any other redirect.
        Err(OutOfMemory) => false,
    }
}
