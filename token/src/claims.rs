//! The content of a token, and the check of a request against it.

use crate::key::PairId;
use crate::pattern::PathPattern;
use crate::refusal::Refusal;

/// The content of a token that was decrypted and has a valid CRC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claims<'a> {
    /// CRC-32 over expiry and path.
    pub crc32: u32,
    /// The last second in which the token is valid, in Unix time.
    pub expires: i64,
    /// The paths that it allows.
    pub path: PathPattern<'a>,
    /// The pair that opened it.
    pub pair: PairId,
}

/// What [`Claims::judge`] needs to know of the request. Each method is called only if a claim needs
/// it and no earlier claim has refused the request.
pub trait Circumstances {
    /// The time in Unix seconds.
    fn now(&mut self) -> i64;

    /// Whether a token for the paths of `pattern` allows the request.
    fn is_for(&mut self, pattern: &PathPattern<'_>) -> bool;
}

impl Claims<'_> {
    /// Whether the token is no longer valid at `now`.
    #[must_use]
    #[inline]
    pub fn has_expired(&self, now: i64) -> bool {
        now > self.expires
    }

    /// Checks the claims against the request.
    ///
    /// # Errors
    ///
    /// The [`Refusal`] that comes first in [`Refusal::ALL`].
    #[inline]
    pub fn judge(self, request: &mut impl Circumstances) -> Result<Self, Refusal> {
        if self.has_expired(request.now()) {
            return Err(Refusal::Expired);
        }
        if !request.is_for(&self.path) {
            return Err(Refusal::PathMismatch);
        }
        Ok(self)
    }
}

/// A request for one path at one time.
#[derive(Clone, Copy, Debug)]
pub struct PlainRequest<'a> {
    /// The time in Unix seconds.
    pub now: i64,
    /// The path, decoded and normalised.
    pub path: &'a [u8],
}

impl Circumstances for PlainRequest<'_> {
    #[inline]
    fn now(&mut self) -> i64 {
        self.now
    }

    #[inline]
    fn is_for(&mut self, pattern: &PathPattern<'_>) -> bool {
        pattern.matches(self.path)
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    /// Records which methods are called.
    struct Recorder {
        now: i64,
        path_matches: bool,
        calls: Vec<&'static str>,
    }

    impl Circumstances for Recorder {
        fn now(&mut self) -> i64 {
            self.calls.push("now");
            self.now
        }

        fn is_for(&mut self, pattern: &PathPattern<'_>) -> bool {
            assert_eq!(pattern.as_bytes(), b"/a");
            self.calls.push("path");
            self.path_matches
        }
    }

    #[test]
    fn the_path_is_not_compared_if_the_token_has_expired() {
        let claims =
            Claims { crc32: 0, expires: 1000, path: PathPattern::parse(b"/a").unwrap(), pair: PairId::First };
        for (now, path_matches, expected, calls) in [
            (1000, true, Ok(claims), &["now", "path"][..]),
            (1000, false, Err(Refusal::PathMismatch), &["now", "path"]),
            (1001, true, Err(Refusal::Expired), &["now"]),
            (1001, false, Err(Refusal::Expired), &["now"]),
        ] {
            let mut request = Recorder { now, path_matches, calls: Vec::new() };
            assert_eq!(claims.judge(&mut request), expected, "{now}, {path_matches}");
            assert_eq!(request.calls, calls, "{now}, {path_matches}");
        }
    }
}
