//! The client's own request target and path, whatever rewrites have made of them since.

use pta_http::query::Target;

use crate::nginx::memory::OutOfMemory;
use crate::nginx::original_path;
use crate::nginx::request::Request;
use crate::request::record::Record;

/// The path of the client's request, decoded and normalised. Empty if there is none, as after a request line
/// that nginx could not parse; no token allows that.
#[inline]
pub(crate) fn path<'r>(request: Request<'r>, record: &Record<'r>) -> Result<&'r [u8], OutOfMemory> {
    if let Some(path) = record.path() {
        return Ok(path);
    }
    derived_path(request, record)
}

#[cold]
fn derived_path<'r>(request: Request<'r>, record: &Record<'r>) -> Result<&'r [u8], OutOfMemory> {
    let path = original_path::derive(request, record.target())?;
    record.set_path(path);
    Ok(path)
}

/// The parts of the client's request target.
#[inline]
pub(crate) fn target<'r>(record: &Record<'r>) -> Target<'r> {
    let target = record.target();
    // A path without escapes is not decoded: it is cut out of the target, and what is behind it is the query.
    let cut = record.path().and_then(|path| Target::cut(target, path));
    cut.unwrap_or_else(|| Target::split(target))
}
