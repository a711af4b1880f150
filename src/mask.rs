//! Replaces the token's value by `***` where a request is written to logs.

use core::ptr;

use crate::conf::LocConf;
use crate::main_conf::MainConf;
use crate::mask_text::{self, MASK, values, write_masked};
use crate::ngx_ext::{OutOfMemory, Request};
use crate::outcome::Outcome;
use crate::policy::Policy;
use crate::query::position_of;
use crate::record::Record;
use crate::writer::Writer;

/// Masks the arguments of all names that the request's locations take for a token in the request line, which
/// `$request` and the suffix of lines in the error log show. The client's buffer is not touched, nor is the request target.
#[inline]
pub(crate) fn mask_request_line<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    outcome: &Outcome<'r>,
) -> Result<(), OutOfMemory> {
    let line = request.line();
    let masked = match position_of_token(request, record, outcome, line) {
        Some((start, end)) => request.concat(mask_text::masked_at(line, start, end))?,
        None if mask_text::has_no_values(line) => return Ok(()),
        None => masked_everywhere(request, record, line)?,
    };
    if ptr::eq(masked, line) {
        return Ok(());
    }
    set_line(request, masked);
    Ok(())
}

/// Masks tokens in the request line of the main request, before a line about the request or its
/// subrequest is written to the error log: nginx adds the request line. The arguments are those
/// that `policy` names, and those of all names that the record knows.
#[cold]
pub(crate) fn mask_line_of_main(request: Request<'_>, policy: &Policy) -> Result<(), OutOfMemory> {
    if !policy.masks() {
        return Ok(());
    }
    let main = request.main();
    let line = main.line();
    let mut text = masked(main, line, policy.name())?;
    if let Some(record) = Record::peek(main) {
        text = masked_everywhere(main, record, text)?;
    }
    if !ptr::eq(text, line) {
        set_line(main, text);
    }
    Ok(())
}

#[inline]
fn set_line<'r>(request: Request<'r>, line: &'r [u8]) {
    request.set_line(line);
    // nginx caches the value of $request when it is first read.
    if let Some(index) = MainConf::cached_variables(request).request {
        request.forget_variable(index);
    }
}

/// Where the checked token is in the request line, if nothing else there can be a token.
#[inline]
fn position_of_token<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    outcome: &Outcome<'r>,
    line: &[u8],
) -> Option<(usize, usize)> {
    let token = outcome.lone_token()?;
    if !record.is_only_about(outcome.conf(), LocConf::of(request)) {
        return None;
    }
    let target = record.target();
    // Usually, the line is the method, a blank, and the target. (A host may stand between them.)
    let start_of_target = request.method_name().len.checked_add(b" ".len())?;
    if ptr::eq(target.as_ptr(), line.as_ptr().wrapping_add(start_of_target)) {
        let start = position_of(token, line)?;
        return Some((start, start.saturating_add(token.len())));
    }
    // HTTP/2 and 3 have no request line: nginx writes one, with a copy of the target. An earlier
    // check may have masked it.
    let start = start_of_target.checked_add(position_of(token, target)?)?;
    let behind = line.get(start..)?.strip_prefix(token)?.first();
    matches!(behind, None | Some(b' ' | b'&')).then(|| (start, start.saturating_add(token.len())))
}

/// `text`, or a copy with masked tokens: the arguments of all names that the request's locations
/// use.
#[cold]
pub(crate) fn masked_everywhere<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    text: &'r [u8],
) -> Result<&'r [u8], OutOfMemory> {
    let here = LocConf::of(request).policy().name();
    // Usually, all names are the same.
    let mut others = record.names().filter(|name| !ptr::eq(*name, here));
    others.try_fold(masked(request, text, here)?, |text, name| masked(request, text, name))
}

/// A path for a log line. It may contain a token, for example `/x&pta=TOKEN`.
#[inline]
pub(crate) fn path<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    path: &'r [u8],
) -> Result<&'r [u8], OutOfMemory> {
    if mask_text::has_no_values(path) { Ok(path) } else { masked_everywhere(request, record, path) }
}

/// `text`, or a copy in which the arguments `name` are masked. The copy has a NUL after it, because
/// it may become the request line.
pub(crate) fn masked<'r>(request: Request<'r>, text: &'r [u8], name: &[u8]) -> Result<&'r [u8], OutOfMemory> {
    let found = values(text, name).count();
    if found == 0 {
        return Ok(text);
    }
    let len = text.len().saturating_add(found.saturating_mul(MASK.len()));
    let mut output = Writer::new(request.allocate_bytes(len.saturating_add(1))?);
    write_masked(text, name, &mut output);
    Ok(output.finish_with_nul())
}
