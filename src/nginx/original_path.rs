//! The path that nginx made of a request target, computed once more by nginx's own parser.

use core::mem::MaybeUninit;

use nginx_sys::{ngx_http_parse_complex_uri, ngx_http_request_t};
use ngx::core::Status;

use crate::nginx::http_module::Core;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::nginx::text::bytes_of;

/// No path, and known to be so.
const NO_PATH: &[u8] = &[];

/// Decodes and normalises the path of a request target as nginx did when the request came in.
///
/// The server that parsed the request may be another than the one that handles it: `merge_slashes` is then that
/// of the default server, and HTTP/2 leaves open which of the two it was. Where they differ, and the path with
/// them (`/a//../b`), it cannot be known what nginx made of it, and no token allows it.
pub(crate) fn derive<'r>(request: Request<'r>, target: &[u8]) -> Result<&'r [u8], OutOfMemory> {
    let merges = request.default_core_srv_conf().merge_slashes != 0;
    let may_merge = request.srv_conf::<Core>().merge_slashes != 0;
    let path = normalise(request, target, merges)?;
    if merges != may_merge && normalise(request, target, may_merge)? != path {
        return Ok(NO_PATH);
    }
    Ok(path)
}

/// Runs nginx's own parser over a request target.
fn normalise<'r>(request: Request<'r>, target: &[u8], merge_slashes: bool) -> Result<&'r [u8], OutOfMemory> {
    let Some(&first) = target.first() else { return Ok(NO_PATH) };
    // One byte more than the target for the parser, which looks at the byte behind it, and one more for the
    // path, which gets a slash when the target has none (`GET http://host?query`).
    let len = target.len().saturating_add(1);
    let input = request.allocate_bytes(len)?;
    input.fill(b' ');
    if let Some(copy) = input.get_mut(..target.len()) {
        copy.copy_from_slice(target);
    }
    let output = request.allocate_bytes(len)?;
    // SAFETY: all bits zero is how nginx itself begins a request: null pointers, numbers and flags.
    let mut scratch: ngx_http_request_t = unsafe { MaybeUninit::zeroed().assume_init() };
    // SAFETY: the request is live; the parser uses the connection for its debug log only.
    scratch.connection = unsafe { (*request.as_ptr()).connection };
    scratch.uri_start = input.as_mut_ptr();
    scratch.uri_end = input.as_mut_ptr().wrapping_add(target.len());
    scratch.uri.data = output.as_mut_ptr();
    // nginx < 1.19.6 answers 400 to a target without a path itself, so `first` is a slash there.
    #[cfg(nginx_empty_path)]
    crate::nginx::layout::set_empty_path_in_uri(&mut scratch, first != b'/');
    #[cfg(not(nginx_empty_path))]
    if first != b'/' {
        return Ok(NO_PATH);
    }
    // SAFETY: input and output are as long as the parser wants them; it never writes more than it reads, plus
    // the slash.
    let result = unsafe { ngx_http_parse_complex_uri(&raw mut scratch, merge_slashes.into()) };
    // SAFETY: what the parser wrote lies in the output.
    Ok(if Status(result) == Status::NGX_OK { unsafe { bytes_of(scratch.uri) } } else { NO_PATH })
}
