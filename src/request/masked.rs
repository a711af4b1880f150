//! Texts about a request for logs and variables, with `***` in place of tokens.

use core::ptr;

use crate::conf::LocConf;
use crate::conf::main::MainConf;
use crate::conf::policy::Policy;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::request::record::Record;
use pta_http::mask::{self, MASK, values, write_masked};
use pta_http::writer::{Terminated, Writer};

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
        text = text.then(masked_everywhere(main, record, text.bytes())?);
    }
    if let Masked::Copy(masked) = text {
        set_line(main, masked);
    }
    Ok(())
}

/// A text without tokens.
#[derive(Clone, Copy)]
pub(crate) enum Masked<'r> {
    /// There are none in it.
    Unchanged(&'r [u8]),
    Copy(Terminated<'r>),
}

impl<'r> Masked<'r> {
    pub(crate) fn bytes(self) -> &'r [u8] {
        match self {
            Self::Unchanged(text) => text,
            Self::Copy(text) => text.bytes(),
        }
    }

    /// Masks the arguments `name`, too.
    pub(crate) fn mask(self, request: Request<'r>, name: &[u8]) -> Result<Self, OutOfMemory> {
        masked(request, self.bytes(), name).map(|next| self.then(next))
    }

    /// `next` was made of this text.
    fn then(self, next: Self) -> Self {
        if let Self::Unchanged(_) = next { self } else { next }
    }
}

#[inline]
pub(crate) fn set_line<'r>(request: Request<'r>, line: Terminated<'r>) {
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
) -> Result<Masked<'r>, OutOfMemory> {
    let here = LocConf::of(request).policy().name();
    // Usually, all names are the same.
    let mut others = record.token_names().filter(|name| !ptr::eq(*name, here));
    others.try_fold(masked(request, text, here)?, |text, name| text.mask(request, name))
}

/// A path for a log line. It may contain a token, for example `/x&pta=TOKEN`.
#[inline]
pub(crate) fn path<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    path: &'r [u8],
) -> Result<&'r [u8], OutOfMemory> {
    if mask::has_no_values(path) { Ok(path) } else { Ok(masked_everywhere(request, record, path)?.bytes()) }
}

/// `text`, or a copy in which the arguments `name` are masked.
pub(crate) fn masked<'r>(
    request: Request<'r>,
    text: &'r [u8],
    name: &[u8],
) -> Result<Masked<'r>, OutOfMemory> {
    let found = values(text, name).count();
    if found == 0 {
        return Ok(Masked::Unchanged(text));
    }
    let len = text.len().saturating_add(found.saturating_mul(MASK.len()));
    let mut output = Writer::new(request.allocate_bytes(len.saturating_add(1))?);
    write_masked(text, name, &mut output);
    output.finish_with_nul().map(Masked::Copy).ok_or(OutOfMemory)
}
