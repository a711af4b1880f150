//! The `pta_auth_method` of a location.

use crate::nginx::conf::{Conf, Logged, log};
use crate::nginx::source_line::SourceLine;

/// Where a token may come from.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // one for each word
pub(crate) struct AuthMethods {
    pub(crate) query: bool,
    pub(crate) header: bool,
    pub(crate) cookie: bool,
    /// Whether the next method is tried if a token is there but does not allow the request.
    pub(crate) fallback: bool,
}

impl AuthMethods {
    const DEFAULT: Self = Self { query: true, header: false, cookie: false, fallback: false };

    /// The words of the directive.
    pub(super) const WORDS: [&'static str; 4] = ["qs", "header", "cookie", "fallback"];

    /// What this word switches on.
    pub(super) fn by_word(&mut self, word: &[u8]) -> Option<&mut bool> {
        let switches = [&mut self.query, &mut self.header, &mut self.cookie, &mut self.fallback];
        let mut switches = Self::WORDS.into_iter().zip(switches);
        let found = switches.find(|(name, _)| word.eq_ignore_ascii_case(name.as_bytes()));
        found.map(|(_, switch)| switch)
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
        let methods = [self.query, self.header, self.cookie].into_iter().filter(|method| *method).count();
        if !self.fallback || methods > 1 {
            return Ok(());
        }
        let place = place.unwrap_or_default();
        Err(log(
            cf,
            format_args!(
                "\"fallback\" in \"pta_auth_method\" directive needs two of \"qs\", \"header\" and \"cookie\" in {place}"
            ),
        ))
    }
}
