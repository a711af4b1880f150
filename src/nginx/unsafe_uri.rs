//! nginx's own parser for a URI that a header contains.

use nginx_sys::{ngx_http_parse_unsafe_uri, ngx_str_t, ngx_uint_t};
use ngx::core::Status;

use crate::nginx::fault::{self, Stage};
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::nginx::text::{bytes_of, str_of};

/// The decoded path of a URI, which may have a query. `None` if nginx refuses the URI.
pub(crate) fn path<'r>(request: Request<'r>, uri: &'r [u8]) -> Result<Option<&'r [u8]>, OutOfMemory> {
    if fault::out_of_memory(Stage::Request, request.log()) {
        return Err(OutOfMemory);
    }
    let mut path = str_of(uri);
    let mut args = ngx_str_t::empty();
    let mut flags: ngx_uint_t = 0;
    // SAFETY: the request is live. nginx only reads the URI, and decodes it into the request's pool.
    let status =
        unsafe { ngx_http_parse_unsafe_uri(request.as_ptr(), &raw mut path, &raw mut args, &raw mut flags) };
    if Status(status) == Status::NGX_OK {
        // SAFETY: the path is part of the URI, or in the request's pool.
        return Ok(Some(unsafe { bytes_of(path) }));
    }
    // nginx does not say whether it refuses the URI or lacks memory. In the second case, this fails
    // as well.
    request.allocate_bytes(uri.len())?;
    Ok(None)
}
