//! The client's own request target and path, without the changes of rewrites.

use pta_http::query::Target;

use crate::nginx::memory::OutOfMemory;
use crate::nginx::original_path;
use crate::nginx::request::Request;
use crate::request::record::Record;

/// The path of the client's request, decoded and normalised. If nginx could not parse the request
/// line, the path is empty, and no token allows it.
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
    // nginx does not copy a path without escapes. It is the first part of the target, and the query
    // follows it.
    let cut = record.path().and_then(|path| Target::cut(target, path));
    cut.unwrap_or_else(|| Target::split(target))
}

/// The parts of the client's request target, for any request.
pub(crate) fn client_target(request: Request<'_>) -> Target<'_> {
    Record::peek(request).map_or_else(|| Target::split(request.target()), target)
}
