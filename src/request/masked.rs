//! Texts about a request for logs and variables, with `***` in place of tokens.

use core::ptr;

use crate::conf::LocConf;
use crate::conf::main::MainConf;
use crate::conf::policy::Policy;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::request::record::Record;
use pta_http::mask::{self, MASK, values, write_masked};
use pta_http::writer::Writer;

/// Masks tokens in the request line of the main request. Call this before logging an error about
/// the request or its subrequest, because nginx adds the request line. The tokens are the arguments
/// with the name in `policy` and with all names that the record knows.
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
pub(crate) fn set_line<'r>(request: Request<'r>, line: &'r [u8]) {
    request.set_line(line);
    // nginx caches the value of $request when it is first read.
    if let Some(index) = MainConf::cached_variables(request).request {
        request.forget_variable(index);
    }
}

/// `text`, or a copy in which the arguments with all token names of the request's locations are
/// masked.
#[cold]
pub(crate) fn masked_everywhere<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    text: &'r [u8],
) -> Result<&'r [u8], OutOfMemory> {
    let here = LocConf::of(request).policy().name();
    // Usually, all names are the same.
    let mut others = record.token_names().filter(|name| !ptr::eq(*name, here));
    others.try_fold(masked(request, text, here)?, |text, name| masked(request, text, name))
}

/// A path for a log line. It may contain a token, for example `/x&pta=TOKEN`.
#[inline]
pub(crate) fn path<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    path: &'r [u8],
) -> Result<&'r [u8], OutOfMemory> {
    if mask::has_no_values(path) { Ok(path) } else { masked_everywhere(request, record, path) }
}

/// `text`, or a copy in which the arguments `name` are masked. A NUL follows the copy, because it
/// may become the request line.
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
