//! The `pta_auth_method` of a location.

use crate::nginx::conf::{Conf, Logged, log};
use crate::nginx::source_line::SourceLine;

/// Where a token may come from.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct AuthMethods {
    pub(crate) query: bool,
    pub(crate) cookie: bool,
    /// Whether the next method is tried if a token is there but does not allow the request.
    pub(crate) fallback: bool,
}

impl AuthMethods {
    const DEFAULT: Self = Self { query: true, cookie: false, fallback: false };

    /// The words of the directive.
    pub(super) const WORDS: [&'static str; 3] = ["qs", "cookie", "fallback"];

    /// What this word switches on.
    pub(super) fn by_word(&mut self, word: &[u8]) -> Option<&mut bool> {
        let [query, cookie, fallback] = Self::WORDS;
        let is = |name: &str| word.eq_ignore_ascii_case(name.as_bytes());
        if is(query) {
            Some(&mut self.query)
        } else if is(cookie) {
            Some(&mut self.cookie)
        } else if is(fallback) {
            Some(&mut self.fallback)
        } else {
            None
        }
    }

    /// Inherits the methods, unless this block sets some.
    pub(super) fn merge(&mut self, parent: Self) {
        if self.is_unset() {
            *self = if parent.is_unset() { Self::DEFAULT } else { parent };
        }
    }

    fn is_unset(self) -> bool {
        self == Self::default()
    }

    /// Refuses `fallback` if there are not two methods. `place` is where it is written.
    pub(super) fn check(self, place: Option<SourceLine>, cf: Conf<'_>) -> Result<(), Logged> {
        if !self.fallback || (self.query && self.cookie) {
            return Ok(());
        }
        let place = place.unwrap_or_default();
        Err(log(
            cf,
            format_args!(
                "\"fallback\" in \"pta_auth_method\" directive needs both \"qs\" and \"cookie\" in {place}"
            ),
        ))
    }
}
