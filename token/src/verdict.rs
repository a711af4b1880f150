//! Allowed, or why not.

use crate::codec::{Claims, DecodeError, decode};
use crate::key::KeyRing;
use crate::pattern::PathPattern;

/// What becomes of a request, in the order in which the reasons are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict<'a> {
    /// Decrypted, in time, and the path matches.
    Allowed(Claims<'a>),
    /// There is no token at all.
    Missing,
    /// See [`DecodeError::Malformed`].
    Malformed,
    /// See [`DecodeError::Undecryptable`].
    Undecryptable,
    /// Decrypted, but its time is over. Judged before the path.
    Expired(Claims<'a>),
    /// Decrypted and in time, but for another path.
    PathMismatch(Claims<'a>),
}

impl<'a> Verdict<'a> {
    /// The verdict at `now` on what came of decoding a token; `is_meant` says of its path whether it is one for the request.
    #[must_use]
    #[inline]
    pub fn of(
        decoded: Result<Claims<'a>, DecodeError>,
        now: i64,
        is_meant: impl FnOnce(&PathPattern<'a>) -> bool,
    ) -> Self {
        match decoded {
            Ok(claims) if now > claims.expires => Self::Expired(claims),
            Ok(claims) if is_meant(&claims.path) => Self::Allowed(claims),
            Ok(claims) => Self::PathMismatch(claims),
            Err(DecodeError::Malformed) => Self::Malformed,
            Err(DecodeError::Undecryptable) => Self::Undecryptable,
        }
    }
}

/// Decodes `token` and judges it for a request of `path` (decoded and normalised) at `now` (Unix time in
/// seconds). For `buffer`, see [`decode`].
#[must_use]
#[inline]
pub fn check<'b>(ring: &KeyRing, token: &[u8], buffer: &'b mut [u8], now: i64, path: &[u8]) -> Verdict<'b> {
    Verdict::of(decode(ring, token, buffer), now, |pattern| pattern.matches(path))
}
