//! Which responses may be playlists, and which of these cannot be signed.

use nginx_sys::{NGX_HTTP_OK, NGX_HTTP_PARTIAL_CONTENT};
use pta_playlist::{has_playlist_extension, has_playlist_type};

use crate::nginx::headers;
use crate::nginx::request::Request;
use crate::playlist::refusal::Refusal;
use crate::request::original;

const OK: usize = NGX_HTTP_OK as usize;
const PARTIAL_CONTENT: usize = NGX_HTTP_PARTIAL_CONTENT as usize;

/// Whether the header says that the response may be a playlist.
pub(super) fn may_be_playlist(request: Request<'_>) -> bool {
    matches!(headers::status(request), OK | PARTIAL_CONTENT)
        && (has_playlist_type(headers::content_type(request))
            || has_playlist_extension(request.uri())
            || has_playlist_extension(original::client_target(request).path))
}

/// Whether the response is compressed by gzip.
pub(super) fn is_gzipped(request: Request<'_>) -> bool {
    encodings(request).any(|value| value.eq_ignore_ascii_case(b"gzip"))
}

fn encodings(request: Request<'_>) -> impl Iterator<Item = &[u8]> {
    values(request, b"Content-Encoding").map(<[u8]>::trim_ascii)
}

fn values<'r>(request: Request<'r>, name: &'static [u8]) -> impl Iterator<Item = &'r [u8]> {
    headers::lines(request)
        .filter(move |line| line.name().eq_ignore_ascii_case(name))
        .map(|line| line.value())
}

/// What its header says against signing it.
pub(super) fn objection(request: Request<'_>, max_size: usize) -> Option<Refusal> {
    if encodings(request).any(|value| !value.is_empty() && !value.eq_ignore_ascii_case(b"identity")) {
        return Some(Refusal::Encoded);
    }
    if request.is_sliced() {
        return Some(Refusal::Sliced);
    }
    if headers::status(request) == PARTIAL_CONTENT && !is_whole(request) {
        return Some(Refusal::Piece);
    }
    let is_too_long = |len| usize::try_from(len).map_or(true, |len| len > max_size);
    headers::content_length(request).is_some_and(is_too_long).then_some(Refusal::TooLong(max_size))
}

/// Whether a response with status 206 has the whole content. Upstreams may contradict themselves:
/// all Content-Range lines must say so, and Content-Length if no filter has removed it.
fn is_whole(request: Request<'_>) -> bool {
    let mut lens = values(request, b"Content-Range").map(whole_len);
    let Some(Some(len)) = lens.next() else { return false };
    lens.all(|other| other == Some(len)) && headers::content_length(request).is_none_or(|own| own == len)
}

/// The length in the value of Content-Range, if that says that nothing is left out: `bytes 0-39/40`.
fn whole_len(value: &[u8]) -> Option<u64> {
    let (unit, range) = std::str::from_utf8(value).ok()?.trim().split_once(' ')?;
    let (range, len) = range.trim().split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last, len) = (number(first)?, number(last)?, number(len)?);
    (unit.eq_ignore_ascii_case("bytes") && first == 0 && last.checked_add(1)? == len).then_some(len)
}

/// A number of digits only: `parse` alone would take a sign.
fn number(digits: &str) -> Option<u64> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_whole_if_nothing_is_left_out() {
        for (value, len) in [("bytes 0-39/40", 40), ("Bytes 0-0/1", 1), (" bytes  0-39/40 ", 40)] {
            assert_eq!(whole_len(value.as_bytes()), Some(len), "{value}");
        }
        for value in [
            "",
            "bytes",
            "bytes 0-38/40",
            "bytes 1-39/40",
            "bytes 0-40/40",
            "bytes 0-39/*",
            "bytes */40",
            "lines 0-39/40",
            "bytes 0-18446744073709551615/0",
            "bytes 0-39",
            "bytes 0-+39/40",
            "bytes +0-39/40",
            "bytes -39/40",
        ] {
            assert_eq!(whole_len(value.as_bytes()), None, "{value}");
        }
    }
}
