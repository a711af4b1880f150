//! The token in a header of the client's request.

use pta_http::header::{HeaderName, token_in};

use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::nginx::request_headers;
use crate::request::record::Record;
use crate::request::removed_header::RemovedHeader;

/// Not a valid token. It stands for several lines with one: nobody knows which one is meant.
const SEVERAL: &[u8] = b"";

/// The token in the header `name`, even if that has been removed.
pub(crate) fn find<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    name: HeaderName<&[u8]>,
) -> Option<&'r [u8]> {
    let name = name.as_bytes();
    removed(record, name).or_else(|| present(request, name))
}

fn removed<'r>(record: &Record<'r>, name: &[u8]) -> Option<&'r [u8]> {
    let mut headers = core::iter::successors(record.removed_headers(), |header| header.next);
    headers.find(|header| header.name.eq_ignore_ascii_case(name)).map(|header| header.token)
}

fn present<'r>(request: Request<'r>, name: &[u8]) -> Option<&'r [u8]> {
    let mut tokens = request.header_values(name).filter_map(|value| token_in(name, value));
    let first = tokens.next()?;
    Some(if tokens.next().is_none() { first } else { SEVERAL })
}

/// Removes the header, so that upstreams do not get the token.
pub(crate) fn remove<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    header: HeaderName<&'r [u8]>,
) -> Result<(), OutOfMemory> {
    let name = header.as_bytes();
    let Some(token) = present(request, name) else { return Ok(()) };
    // Another module may have added the header again. That is not the client's.
    if removed(record, name).is_none() {
        let next = record.removed_headers();
        record.set_removed_headers(request.allocate(RemovedHeader { name, token, next })?);
    }
    request_headers::remove(request, header, |value| token_in(name, value).is_some())?;
    // nginx caches the value of $http_NAME when it is first read.
    if let Some(index) = request.indexed_variable(|variable| is_variable_of(name, variable)) {
        request.forget_variable(index);
    }
    Ok(())
}

/// Whether this is the name of the variable with the header `name`.
fn is_variable_of(name: &[u8], variable: &[u8]) -> bool {
    let in_variable = |byte: &u8| if *byte == b'-' { b'_' } else { byte.to_ascii_lowercase() };
    let variable = variable.strip_prefix(b"http_").map(|name| name.iter().copied());
    variable.is_some_and(|variable| variable.eq(name.iter().map(in_variable)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_has_one_variable() {
        assert!(is_variable_of(b"X-PTA", b"http_x_pta"));
        assert!(is_variable_of(b"Authorization", b"http_authorization"));
        for variable in ["http_x_pt", "http_x_pta1", "sent_http_x_pta", "x_pta", "http_x-pta", ""] {
            assert!(!is_variable_of(b"X-PTA", variable.as_bytes()), "{variable}");
        }
    }
}
