//! What a token says, and how that is compared with a request.

use crate::key::PairId;
use crate::pattern::PathPattern;
use crate::refusal::Refusal;

/// What a token says, decrypted and with a valid CRC.
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

/// What claims are compared with. Each method is called only if a claim needs it, and only if the
/// token is not refused for an earlier reason.
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

    /// Compares each claim with the request.
    ///
    /// # Errors
    ///
    /// The first [`Refusal`], in their order.
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

    /// Notes what it is asked for.
    struct Asked {
        now: i64,
        is_meant: bool,
        for_what: Vec<&'static str>,
    }

    impl Circumstances for Asked {
        fn now(&mut self) -> i64 {
            self.for_what.push("now");
            self.now
        }

        fn is_for(&mut self, pattern: &PathPattern<'_>) -> bool {
            assert_eq!(pattern.as_bytes(), b"/a");
            self.for_what.push("path");
            self.is_meant
        }
    }

    #[test]
    fn expiry_is_judged_first_and_nothing_more_than_needed_is_asked_for() {
        let claims =
            Claims { crc32: 0, expires: 1000, path: PathPattern::parse(b"/a").unwrap(), pair: PairId::First };
        for (now, is_meant, expected, asked) in [
            (1000, true, Ok(claims), &["now", "path"][..]),
            (1000, false, Err(Refusal::PathMismatch), &["now", "path"]),
            (1001, true, Err(Refusal::Expired), &["now"]),
            (1001, false, Err(Refusal::Expired), &["now"]),
        ] {
            let mut request = Asked { now, is_meant, for_what: Vec::new() };
            assert_eq!(claims.judge(&mut request), expected, "{now}, {is_meant}");
            assert_eq!(request.for_what, asked, "{now}, {is_meant}");
        }
    }
}
