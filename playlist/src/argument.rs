//! Where the token's argument goes in a reference, and which arguments it replaces.

use std::ops::Range;

use pta_http::query::{Target, arguments, behind_name, find};

use crate::edits::Separator;
use crate::memory::extend;
use crate::request::Token;
use crate::stop::Stop;

/// The place of the token's argument in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Where the arguments begin, if there are any.
    pub(crate) query: Option<Query>,
    /// Where the new argument goes: before the fragment.
    pub(crate) end: usize,
}

/// The part of a text that consists of arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Query {
    pub(crate) start: usize,
    /// Whether an argument begins there. A variable before it may have begun one.
    pub(crate) is_fresh: bool,
}

impl Place {
    /// The place in a text that stands for itself.
    pub(crate) fn of(text: &[u8]) -> Self {
        let end = memchr::memchr(b'#', text).unwrap_or(text.len());
        let mark = memchr::memchr(b'?', text).filter(|&mark| mark < end);
        Self { query: mark.map(|mark| Query { start: mark.saturating_add(1), is_fresh: true }), end }
    }

    /// Calls `cut` for each argument `name`, and returns the separator of the new one. An argument
    /// is cut out with the `&` behind it, so that a second signing changes nothing.
    pub(crate) fn edit(
        self,
        text: &[u8],
        name: &[u8],
        mut cut: impl FnMut(Range<usize>) -> Result<(), Stop>,
    ) -> Result<Separator, Stop> {
        let Some(Query { start, is_fresh }) = self.query else { return Ok(Separator::Question) };
        let mut at = start;
        // Whether an argument may begin at this place, after what is kept.
        let mut is_separated = is_fresh;
        for argument in arguments(text.get(start..self.end).unwrap_or_default()) {
            let behind = at.saturating_add(argument.len()).saturating_add(1);
            let is_whole = is_fresh || at > start;
            if is_whole && behind_name(argument, name).is_some() {
                cut(at..behind.min(self.end))?;
            } else if behind <= self.end {
                is_separated = true;
            } else if !argument.is_empty() {
                is_separated = false;
            }
            at = behind;
        }
        Ok(if is_separated { Separator::None } else { Separator::Ampersand })
    }

    /// Writes the text with the token.
    pub(crate) fn sign(
        self,
        text: &[u8],
        name: &[u8],
        argument: &[u8],
        signed: &mut Vec<u8>,
    ) -> Result<(), Stop> {
        signed.clear();
        let mut done = 0;
        let separator = self.edit(text, name, |range| {
            extend(signed, text.get(done..range.start).unwrap_or_default())?;
            done = range.end;
            Ok(())
        })?;
        extend(signed, text.get(done..self.end).unwrap_or_default())?;
        extend(signed, separator.as_bytes())?;
        extend(signed, argument)?;
        extend(signed, text.get(self.end..).unwrap_or_default())
    }
}

/// Whether a reference that was signed before its variables were filled in is right: the path is
/// that of the unsigned one, and the token is the argument that the check finds.
pub(crate) fn is_signed(before: &[u8], signed: &[u8], token: &Token<'_>) -> bool {
    let (before, signed) = (Target::split(before), Target::split(signed));
    before.path == signed.path
        && find(signed.query, token.name()).is_some_and(|argument| argument.value == token.value())
}

#[cfg(test)]
mod tests {
    use pta_http::name::TokenName;
    use pta_token::PathPattern;

    use super::*;

    fn signed(text: &str, place: Place) -> String {
        let mut signed = Vec::new();
        place.sign(text.as_bytes(), b"pta", b"pta=T", &mut signed).unwrap();
        String::from_utf8(signed).unwrap()
    }

    #[track_caller]
    fn assert_signed(text: &str, expected: &str) {
        assert_eq!(signed(text, Place::of(text.as_bytes())), expected);
        assert_eq!(signed(expected, Place::of(expected.as_bytes())), expected, "{text} once more");
    }

    #[test]
    fn the_argument_is_the_last_of_the_query() {
        assert_signed("a", "a?pta=T");
        assert_signed("a?b", "a?b&pta=T");
        assert_signed("a?b?c", "a?b?c&pta=T");
        assert_signed("a#b", "a?pta=T#b");
        assert_signed("a?b#c", "a?b&pta=T#c");
        assert_signed("a#b?c", "a?pta=T#b?c");
        assert_signed("?", "?pta=T");
    }

    #[test]
    fn there_is_no_second_separator() {
        assert_signed("a?", "a?pta=T");
        assert_signed("a?b&", "a?b&pta=T");
        assert_signed("a?&", "a?&pta=T");
        assert_signed("a?b&&", "a?b&&pta=T");
        assert_signed("a?b&#c", "a?b&pta=T#c");
    }

    #[test]
    fn old_arguments_are_removed() {
        assert_signed("a?pta=x", "a?pta=T");
        assert_signed("a?pta=", "a?pta=T");
        assert_signed("a?pta=x&", "a?pta=T");
        assert_signed("a?PTA=x&pTa=y&b", "a?b&pta=T");
        assert_signed("a?b&pta=x&c&pta=y&d#pta=z", "a?b&c&d&pta=T#pta=z");
        assert_signed("a?b&pta=x#c", "a?b&pta=T#c");
        assert_signed("a?&pta=x", "a?&pta=T");
        assert_signed("a?pta=x&&", "a?&pta=T");
    }

    #[test]
    fn other_arguments_stay() {
        assert_signed("a?pta", "a?pta&pta=T");
        assert_signed("a?xpta=1", "a?xpta=1&pta=T");
        assert_signed("a?ptax=1", "a?ptax=1&pta=T");
        assert_signed("a?x=pta=1", "a?x=pta=1&pta=T");
        assert_signed("pta=x", "pta=x?pta=T");
        assert_signed("a#?pta=x", "a?pta=T#?pta=x");
    }

    #[test]
    fn what_a_variable_has_begun_is_no_argument_of_its_own() {
        let place = |start, is_fresh, end| Place { query: Some(Query { start, is_fresh }), end };
        assert_eq!(signed("{$v}", place(4, false, 4)), "{$v}&pta=T");
        assert_eq!(signed("{$v}", place(4, true, 4)), "{$v}pta=T");
        assert_eq!(signed("{$v}pta=x", place(4, false, 9)), "{$v}pta=x&pta=T");
        assert_eq!(signed("{$v}pta=x", place(4, true, 9)), "{$v}pta=T");
        assert_eq!(signed("{$v}&pta=x", place(4, false, 10)), "{$v}&pta=T");
        assert_eq!(signed("{$v}&pta=x&#f", place(4, false, 11)), "{$v}&pta=T#f");
    }

    #[test]
    fn the_first_argument_must_be_the_token() {
        let (name, pattern) = (TokenName::parse(b"pta").unwrap(), PathPattern::parse(b"/*").unwrap());
        let token = Token::new(name, b"T", pattern).unwrap();
        let is_signed = |before: &str, signed: &str| is_signed(before.as_bytes(), signed.as_bytes(), &token);
        assert!(is_signed("a", "a?pta=T"));
        assert!(is_signed("a?b#c", "a?b&pta=T#c"));
        assert!(!is_signed("a", "b?pta=T"));
        assert!(!is_signed("a?pta=x", "a?pta=x&pta=T"));
        assert!(!is_signed("a?x", "a?x?pta=T"));
        assert!(!is_signed("a#", "a#?pta=T"));
        assert!(!is_signed("a", "a?pta=t"));
    }
}
