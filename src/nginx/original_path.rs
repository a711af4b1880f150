//! The path of a request target, computed again by nginx's own parser.

use core::mem::MaybeUninit;

use nginx_sys::{ngx_http_parse_complex_uri, ngx_http_request_t};
use ngx::core::Status;

use crate::nginx::http_module::Core;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::nginx::text::bytes_of;

/// The target is known to have no valid path.
const NO_PATH: &[u8] = &[];

/// Decodes and normalises the path of a request target as nginx did when the request came in.
///
/// nginx may parse a request with the `merge_slashes` of the connection's server, and handle it in
/// another server. With HTTP/2, either of the two may have been used. If they lead to different
/// paths (`/a//../b`), nginx's result is unknown, and no token allows it.
pub(crate) fn derive<'r>(request: Request<'r>, target: &[u8]) -> Result<&'r [u8], OutOfMemory> {
    let by_connection = request.connection_core_srv_conf().merge_slashes != 0;
    let by_server = request.srv_conf::<Core>().merge_slashes != 0;
    let path = normalise(request, target, by_connection)?;
    if by_connection != by_server && normalise(request, target, by_server)? != path {
        return Ok(NO_PATH);
    }
    Ok(path)
}

/// Runs nginx's own parser over a request target.
fn normalise<'r>(request: Request<'r>, target: &[u8], merge_slashes: bool) -> Result<&'r [u8], OutOfMemory> {
    let Some(&first) = target.first() else { return Ok(NO_PATH) };
    // One byte longer than the target. The parser reads the byte after the target, and adds a slash
    // to a path without one (`GET http://host?query`).
    let len = target.len().saturating_add(1);
    let input = request.allocate_bytes(len)?;
    input.fill(b' ');
    if let Some(copy) = input.get_mut(..target.len()) {
        copy.copy_from_slice(target);
    }
    let output = request.allocate_bytes(len)?;
    // SAFETY: nginx itself starts a request with all bits zero: null pointers, numbers and flags.
    let mut scratch: ngx_http_request_t = unsafe { MaybeUninit::zeroed().assume_init() };
    // SAFETY: the request is live. The parser uses the connection only for debug logs.
    scratch.connection = unsafe { (*request.as_ptr()).connection };
    scratch.uri_start = input.as_mut_ptr();
    scratch.uri_end = input.as_mut_ptr().wrapping_add(target.len());
    scratch.uri.data = output.as_mut_ptr();
    // Before 1.19.6, nginx itself answers a target without a path with 400. So `first` is a slash.
    #[cfg(nginx_empty_path)]
    crate::nginx::layout::set_empty_path_in_uri(&mut scratch, first != b'/');
    #[cfg(not(nginx_empty_path))]
    if first != b'/' {
        return Ok(NO_PATH);
    }
    // SAFETY: input and output are as long as the parser needs. It writes at most what it reads and
    // one slash.
    let result = unsafe { ngx_http_parse_complex_uri(&raw mut scratch, merge_slashes.into()) };
    // SAFETY: the parser's result lies in the output.
    Ok(if Status(result) == Status::NGX_OK { unsafe { bytes_of(scratch.uri) } } else { NO_PATH })
}
