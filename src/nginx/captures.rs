//! The captures of the regular expression that has matched last: `$1` to `$9`. A `map` with regular
//! expressions replaces them when its variable is evaluated, and nginx reads those of the location
//! later, for `alias`, `proxy_pass` and others.

use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;

/// Evaluates something that may contain variables, and puts the captures back as they were.
pub(crate) fn keep<T>(
    request: Request<'_>,
    evaluate: impl FnOnce() -> Result<T, OutOfMemory>,
) -> Result<T, OutOfMemory> {
    let captures = Captures::of(request)?;
    let result = evaluate();
    captures.put_back(request);
    result
}

/// A copy of the captures.
#[cfg(ngx_feature = "pcre")]
struct Captures<'r> {
    /// The offsets in `r->captures` that are in use, as bytes.
    offsets: &'r [u8],
    len: usize,
    /// The text that the offsets refer to.
    data: *mut u8,
}

#[cfg(ngx_feature = "pcre")]
impl<'r> Captures<'r> {
    fn of(request: Request<'r>) -> Result<Self, OutOfMemory> {
        // SAFETY: the request is live.
        let raw = unsafe { &*request.as_ptr() };
        let (offsets, len, data) = (raw.captures, raw.ncaptures, raw.captures_data);
        if offsets.is_null() || len == 0 {
            return Ok(Self { offsets: &[], len, data });
        }
        let size = len.saturating_mul(size_of::<core::ffi::c_int>());
        // SAFETY: the array has room for the captures of each expression of the configuration, and
        // `ncaptures` of its elements are set.
        let offsets = unsafe { core::slice::from_raw_parts(offsets.cast::<u8>(), size) };
        Ok(Self { offsets: request.concat([offsets])?.bytes(), len, data })
    }

    fn put_back(self, request: Request<'r>) {
        // SAFETY: the request is live. nginx may have replaced the array by another one of the same
        // length. It never sets it to NULL.
        unsafe {
            let raw = &mut *request.as_ptr();
            if !self.offsets.is_empty() {
                raw.captures.cast::<u8>().copy_from_nonoverlapping(self.offsets.as_ptr(), self.offsets.len());
            }
            raw.ncaptures = self.len;
            raw.captures_data = self.data;
        }
    }
}

/// Without PCRE, there are none.
#[cfg(not(ngx_feature = "pcre"))]
struct Captures;

#[cfg(not(ngx_feature = "pcre"))]
impl Captures {
    #[allow(clippy::unnecessary_wraps)] // as with PCRE
    fn of(_: Request<'_>) -> Result<Self, OutOfMemory> {
        Ok(Self)
    }

    fn put_back(self, _: Request<'_>) {}
}
