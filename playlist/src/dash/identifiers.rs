//! Templates: `$Number$`, `$RepresentationID$` and the others.

use crate::memory::extend;
use crate::stop::Stop;

/// How a client fills in identifiers. Clients differ if dollars stand side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// From the left: each pair of dollars with a known name between them.
    Pairs,
    /// The text `$RepresentationID$` wherever it is, and then pairs.
    Search,
    /// Not at all: the text is no template.
    Literal,
}

const REPRESENTATION_ID: &[u8] = b"$RepresentationID$";

/// Whether a text has the identifier of a representation in it.
pub(crate) fn names_representation(text: &[u8]) -> bool {
    // It may have a width.
    find_ignoring_case(text, b"$RepresentationID").is_some()
}

/// Whether a text has a bandwidth in it.
pub(crate) fn names_bandwidth(text: &[u8]) -> bool {
    find_ignoring_case(text, b"$Bandwidth").is_some()
}

/// Appends `text` with its identifiers filled in: numbers by 1, the representation's by `id`.
pub(crate) fn fill(way: Way, text: &[u8], id: &[u8], filled: &mut Vec<u8>) -> Result<(), Stop> {
    match way {
        Way::Literal => extend(filled, text),
        Way::Pairs => fill_pairs(text, id, filled),
        Way::Search => {
            let (mut found, mut rest) = (Vec::new(), text);
            while let Some(at) = find_ignoring_case(rest, REPRESENTATION_ID) {
                extend(&mut found, rest.get(..at).unwrap_or_default())?;
                extend(&mut found, id)?;
                rest = rest.get(at.saturating_add(REPRESENTATION_ID.len())..).unwrap_or_default();
            }
            extend(&mut found, rest)?;
            fill_pairs(&found, id, filled)
        }
    }
}

fn fill_pairs(text: &[u8], id: &[u8], filled: &mut Vec<u8>) -> Result<(), Stop> {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'$', rest) {
        let (before, from_dollar) = rest.split_at_checked(at).unwrap_or_default();
        extend(filled, before)?;
        let behind = from_dollar.get(1..).unwrap_or_default();
        // None if no second dollar follows, or no name is between them.
        let pair = memchr::memchr(b'$', behind).and_then(|len| behind.split_at_checked(len));
        let known = pair.and_then(|(name, rest)| Some((value(name, id)?, rest.get(1..)?)));
        // The second dollar may be the first of another pair.
        let (value, behind_value) = known.unwrap_or((b"$", behind));
        extend(filled, value)?;
        rest = behind_value;
    }
    extend(filled, rest)
}

/// What an identifier stands for, with or without a width: `Number%05d`.
fn value<'i>(name: &[u8], id: &'i [u8]) -> Option<&'i [u8]> {
    if name.is_empty() {
        return Some(b"$");
    }
    let len = memchr::memchr(b'%', name).unwrap_or(name.len());
    let (word, _width) = name.split_at_checked(len)?;
    if word.eq_ignore_ascii_case(b"RepresentationID") {
        return Some(id);
    }
    let numbers: [&[u8]; 4] = [b"Number", b"Time", b"Bandwidth", b"SubNumber"];
    numbers.iter().any(|number| word.eq_ignore_ascii_case(number)).then_some(b"1")
}

fn find_ignoring_case(text: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'$', text).find(|&at| {
        let found = text.get(at..at.saturating_add(wanted.len()));
        found.is_some_and(|found| found.eq_ignore_ascii_case(wanted))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_filled(text: &str, pairs: &str, search: &str) {
        for (way, expected) in [(Way::Pairs, pairs), (Way::Search, search), (Way::Literal, text)] {
            let mut filled = b">".to_vec();
            fill(way, text.as_bytes(), b"ID", &mut filled).unwrap();
            assert_eq!(std::str::from_utf8(&filled).unwrap(), format!(">{expected}"), "{text} {way:?}");
        }
    }

    #[test]
    fn identifiers_are_filled_in() {
        for (text, filled) in [
            ("a", "a"),
            ("$RepresentationID$/$Number$.m4s", "ID/1.m4s"),
            ("$Number%05d$-$Time$-$Bandwidth$-$SubNumber%03d$", "1-1-1-1"),
            ("$representationid$/$NUMBER$", "ID/1"),
            ("$$a", "$a"),
            ("a$b", "a$b"),
            ("a$", "a$"),
            ("$Foo$/$Number$", "$Foo$/1"),
            ("a$$$Number$", "a$1"),
        ] {
            assert_filled(text, filled, filled);
        }
    }

    #[test]
    fn clients_differ_if_dollars_stand_side_by_side() {
        assert_filled("$$RepresentationID$$", "$RepresentationID$", "$ID$");
        assert_filled("$Number$RepresentationID$", "1RepresentationID$", "$NumberID");
        assert_filled("$a$RepresentationID$", "$aID", "$aID");
    }

    #[test]
    fn names_are_found_in_any_case() {
        assert!(names_representation(b"a$b$representationID$"));
        assert!(!names_representation(b"a/RepresentationID$"));
        assert!(names_representation(b"$RepresentationID%05d$"));
        assert!(names_bandwidth(b"$$bandwidth%05d$"));
        assert!(!names_bandwidth(b"bandwidth"));
    }
}
