//! Masks the token of a checked request in its request line.

use core::ptr;

use pta_http::mask;
use pta_http::query::position_of;

use crate::conf::LocConf;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::request::masked::{Masked, masked_everywhere, set_line};
use crate::request::outcome::Outcome;
use crate::request::record::Record;

/// Masks tokens in the request line, which `$request` and the end of error log lines show. Tokens
/// are the arguments with all token names of the request's locations. Neither the client's buffer
/// nor the request target changes.
#[inline]
pub(crate) fn mask_request_line<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    outcome: &Outcome<'r>,
) -> Result<(), OutOfMemory> {
    let line = request.line();
    let masked = match position_of_token(request, record, outcome, line) {
        Some((start, end)) => request.concat(mask::masked_at(line, start, end))?,
        None if mask::has_no_values(line) => return Ok(()),
        None => match masked_everywhere(request, record, line)? {
            Masked::Copy(masked) => masked,
            Masked::Unchanged(_) => return Ok(()),
        },
    };
    set_line(request, masked);
    Ok(())
}

/// The start and end of the checked token in the request line, if nothing else in it can be a
/// token.
#[inline]
fn position_of_token<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    outcome: &Outcome<'r>,
    line: &[u8],
) -> Option<(usize, usize)> {
    let token = outcome.lone_token()?;
    if !record.has_entered_only(outcome.conf(), LocConf::of(request)) {
        return None;
    }
    let target = record.target();
    // Usually, the line is the method, a space, and the target. (A host may be between them.)
    let start_of_target = request.method_name().len.checked_add(b" ".len())?;
    if ptr::eq(target.as_ptr(), line.as_ptr().wrapping_add(start_of_target)) {
        let start = position_of(token, line)?;
        return Some((start, start.saturating_add(token.len())));
    }
    // HTTP/2 and 3 have no request line. nginx writes one with a copy of the target. An earlier
    // check may have masked it.
    let start = start_of_target.checked_add(position_of(token, target)?)?;
    let behind = line.get(start..)?.strip_prefix(token)?.first();
    matches!(behind, None | Some(b' ' | b'&')).then(|| (start, start.saturating_add(token.len())))
}
