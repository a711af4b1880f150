//! The verdicts under their former name, until the module uses [`Refusal`] itself.

use crate::claims::{Circumstances, Claims};
use crate::pattern::PathPattern;
use crate::refusal::Refusal;

/// A verdict with the claims of a token that could be decrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict<'a> {
    /// Decrypted, in time, and the path matches.
    Allowed(Claims<'a>),
    /// See [`Refusal::Missing`].
    Missing,
    /// See [`Refusal::Malformed`].
    Malformed,
    /// See [`Refusal::Undecryptable`].
    Undecryptable,
    /// See [`Refusal::Expired`].
    Expired(Claims<'a>),
    /// See [`Refusal::PathMismatch`].
    PathMismatch(Claims<'a>),
}

struct Request<F> {
    now: i64,
    is_for: Option<F>,
}

impl<F: FnOnce(&PathPattern<'_>) -> bool> Circumstances for Request<F> {
    #[inline]
    fn now(&mut self) -> i64 {
        self.now
    }

    #[inline]
    fn is_for(&mut self, pattern: &PathPattern<'_>) -> bool {
        self.is_for.take().is_some_and(|is_for| is_for(pattern))
    }
}

impl<'a> Verdict<'a> {
    /// The verdict on a decoded token.
    #[must_use]
    #[inline]
    pub fn of(
        decoded: Result<Claims<'a>, Refusal>,
        now: i64,
        is_for: impl FnOnce(&PathPattern<'_>) -> bool,
    ) -> Self {
        let mut request = Request { now, is_for: Some(is_for) };
        match (decoded, decoded.and_then(|claims| claims.judge(&mut request))) {
            (_, Ok(claims)) => Self::Allowed(claims),
            (_, Err(Refusal::Missing)) => Self::Missing,
            (_, Err(Refusal::Malformed)) => Self::Malformed,
            (Ok(claims), Err(Refusal::Expired)) => Self::Expired(claims),
            (Ok(claims), Err(Refusal::PathMismatch)) => Self::PathMismatch(claims),
            (_, Err(_)) => Self::Undecryptable,
        }
    }
}
