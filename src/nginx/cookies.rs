//! The cookies of a request. One iterator hides the two header layouts of nginx.

use nginx_sys::ngx_table_elt_t;

use crate::nginx::request::Request;
use crate::nginx::text::bytes_of;
use pta_http::cookie::values_in;

/// The values of all cookies called `name`, in the order of the request. Case is ignored.
pub(crate) fn values<'r>(request: Request<'r>, name: &'r [u8]) -> impl Iterator<Item = &'r [u8]> {
    // SAFETY: the values of header lines are in the client's buffers or in the pool.
    header_lines(request).flat_map(move |line| values_in(unsafe { bytes_of(line.value) }, name))
}

/// Since nginx 1.23: a list linked by `next`.
#[cfg(nginx_cookie_list)]
fn header_lines<'r>(request: Request<'r>) -> impl Iterator<Item = &'r ngx_table_elt_t> {
    // SAFETY: the request is live; its header lines are in its pool.
    let first: Option<&'r ngx_table_elt_t> = unsafe { (*request.as_ptr()).headers_in.cookie.as_ref() };
    // SAFETY: `next` is NULL or the next line of the same name.
    core::iter::successors(first, |line| unsafe { line.next.as_ref() })
}

/// Before nginx 1.23: an array of pointers.
#[cfg(not(nginx_cookie_list))]
fn header_lines<'r>(request: Request<'r>) -> impl Iterator<Item = &'r ngx_table_elt_t> {
    // SAFETY: the request is live. nginx sets up the array with the request. Its elements point to
    // header lines in the pool.
    unsafe {
        let array = &(*request.as_ptr()).headers_in.cookies;
        let lines: &'r [*mut ngx_table_elt_t] =
            if array.nelts == 0 { &[] } else { core::slice::from_raw_parts(array.elts.cast(), array.nelts) };
        lines.iter().filter_map(|line| line.as_ref())
    }
}
