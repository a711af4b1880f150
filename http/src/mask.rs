//! Replaces the values of arguments with `***`.

use memchr::{memchr2, memchr3};

use crate::blocks::may_contain;
use crate::writer::Writer;

/// The replacement of a value.
pub const MASK: &[u8] = b"***";

/// Writes `text` with `***` in place of the values of the arguments `name`.
pub fn write_masked(text: &[u8], name: &[u8], output: &mut Writer<'_>) {
    let mut written = 0_usize;
    for (start, end) in values(text, name) {
        output.push(text.get(written..start).unwrap_or_default());
        output.push(MASK);
        written = end;
    }
    output.push(text.get(written..).unwrap_or_default());
}

/// `text` in three parts, with `***` in place of the bytes from `start` to `end`.
#[inline]
#[must_use]
pub fn masked_at(text: &[u8], start: usize, end: usize) -> [&[u8]; 3] {
    [text.get(..start).unwrap_or_default(), MASK, text.get(end..).unwrap_or_default()]
}

/// The start and end of each value of the arguments `name`.
///
/// This protects tokens in logs, so it accepts more than the check does. Links are copied from HTML
/// (`&amp;pta=`), built with the wrong separator, or percent-encoded inside another link.
///
/// - An argument follows `?`, `&`, `;` or `#`, or one of them percent-encoded.
/// - Its `=` may be percent-encoded.
/// - Its value ends before `&`, `;`, `#`, one of them percent-encoded, or a blank.
pub fn values<'a>(text: &'a [u8], name: &'a [u8]) -> impl Iterator<Item = (usize, usize)> + 'a {
    let mut end = 0_usize;
    core::iter::from_fn(move || {
        loop {
            // Few requests have more equals signs or escapes than the one of the token.
            let equals = end.saturating_add(memchr2(b'=', b'%', text.get(end..)?)?);
            let (before, behind) = text.split_at_checked(equals)?;
            let start = equals.saturating_add(equals_sign_len(behind));
            end = start.max(equals.saturating_add(1));
            if start == equals || !ends_with_argument(before, name) {
                continue;
            }
            let value = text.get(start..)?;
            end = start.saturating_add(value_len(value));
            if start < end && text.get(start..end) != Some(MASK) {
                return Some((start, end));
            }
        }
    })
}

/// Whether `text` contains neither `=` nor `%`, and so no value.
#[inline]
#[must_use]
pub fn has_no_values(text: &[u8]) -> bool {
    !may_contain(text, [b'=', b'%'])
}

/// The length of the `=`, plain or percent-encoded, at the start of `text`. 0 if there is none.
fn equals_sign_len(text: &[u8]) -> usize {
    match text {
        [b'=', ..] => 1,
        [b'%', b'3', b'd' | b'D', ..] => 3,
        _ => 0,
    }
}

/// Whether `text` ends with a separator and `name`. The case of letters is ignored.
fn ends_with_argument(text: &[u8], name: &[u8]) -> bool {
    let split = text.len().checked_sub(name.len()).and_then(|at| text.split_at_checked(at));
    split.is_some_and(|(before, found)| found.eq_ignore_ascii_case(name) && ends_with_separator(before))
}

fn ends_with_separator(text: &[u8]) -> bool {
    match text {
        [.., b'?' | b'&' | b';' | b'#'] => true,
        [.., b'%', tens, ones] => {
            matches!((tens, ones), (b'3', b'f' | b'F')) || is_end_of_value(*tens, *ones)
        }
        _ => false,
    }
}

/// Whether these are the digits of a percent-encoded `&`, `;` or `#`.
fn is_end_of_value(tens: u8, ones: u8) -> bool {
    matches!((tens, ones), (b'2', b'6' | b'3') | (b'3', b'b' | b'B'))
}

fn value_len(text: &[u8]) -> usize {
    let text = text.get(..memchr3(b'&', b';', b'#', text).unwrap_or(text.len())).unwrap_or_default();
    let mut len = 0_usize;
    while let Some(found) = text.get(len..).and_then(|rest| memchr2(b' ', b'%', rest)) {
        len = len.saturating_add(found);
        match text.get(len..) {
            Some([b'%', tens, ones, ..]) if is_end_of_value(*tens, *ones) => return len,
            Some([b'%', ..]) => len = len.saturating_add(1),
            _ => return len,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> String {
        let mut buffer = vec![0; 1000];
        let mut writer = Writer::new(&mut buffer);
        write_masked(text.as_bytes(), b"pta", &mut writer);
        String::from_utf8(writer.finish().to_vec()).unwrap()
    }

    #[test]
    fn every_value_of_that_name_is_masked_and_nothing_else() {
        assert_eq!(masked("GET /x?pta=abcd HTTP/1.1"), "GET /x?pta=*** HTTP/1.1");
        assert_eq!(
            masked("GET /x?a=1&PTA=abcd&b=2&pta=e HTTP/1.1"),
            "GET /x?a=1&PTA=***&b=2&pta=*** HTTP/1.1"
        );
        assert_eq!(masked("GET /x?pta=abcd#pta=ef HTTP/1.1"), "GET /x?pta=***#pta=*** HTTP/1.1");
        assert_eq!(masked("GET http://h/x?pta=abcd"), "GET http://h/x?pta=***");
        assert_eq!(masked("/x?pta=a=b?c"), "/x?pta=***");
        assert_eq!(masked("/x?pta=a%41b%2"), "/x?pta=***");
        assert_eq!(masked("/x?pta=a"), "/x?pta=***");
    }

    #[test]
    fn links_with_another_separator_are_masked() {
        assert_eq!(masked("/x&pta=a"), "/x&pta=***");
        assert_eq!(masked("/x&pta=a?pta=b"), "/x&pta=***");
        assert_eq!(masked("/x&pta=a&b?pta=c"), "/x&pta=***&b?pta=***");
        assert_eq!(masked("/x;pta=a;b?c;pta=d;e"), "/x;pta=***;b?c;pta=***;e");
        assert_eq!(masked("/x?id=15&amp;pta=ab HTTP/1.1"), "/x?id=15&amp;pta=*** HTTP/1.1");
        assert_eq!(masked("/x?id=15&#38;pta=ab&#38;b=c"), "/x?id=15&#38;pta=***&#38;b=c");
    }

    #[test]
    fn percent_encoded_links_are_masked() {
        assert_eq!(masked("/x%3Fpta=a HTTP/1.1"), "/x%3Fpta=*** HTTP/1.1");
        assert_eq!(masked("/x%3fpta%3Da%26b"), "/x%3fpta%3D***%26b");
        assert_eq!(
            masked("/r?to=/x%3Fa%3D1%26PTA%3dab%26b&pta=c"),
            "/r?to=/x%3Fa%3D1%26PTA%3d***%26b&pta=***"
        );
        assert_eq!(masked("/x%3Bpta=a%3Bb%3bpta=c%3bd"), "/x%3Bpta=***%3Bb%3bpta=***%3bd");
        assert_eq!(masked("/x?pta%3Da"), "/x?pta%3D***");
        assert_eq!(masked("/x?pta=a%23pta=b"), "/x?pta=***%23pta=***");
        assert_eq!(masked("/x?pta=a%3Fb"), "/x?pta=***");
        assert_eq!(masked("/x%%3Fpta=a"), "/x%%3Fpta=***");
    }

    #[test]
    fn one_place_is_masked() {
        assert_eq!(masked_at(b"/x?pta=abc&d", 7, 10), [&b"/x?pta="[..], b"***", b"&d"]);
        assert_eq!(masked_at(b"abc", 0, 3), [&b""[..], b"***", b""]);
    }

    #[test]
    fn a_text_without_equals_signs_and_escapes_has_no_values() {
        assert!(has_no_values(b""));
        assert!(has_no_values(b"/a/path?with&separators;#"));
        assert!(!has_no_values(b"/x?pta=1"));
        assert!(!has_no_values(b"/x?pta%3D1"));
    }

    #[test]
    fn text_that_is_not_a_value_stays() {
        for text in [
            "",
            "GET /x HTTP/1.1",
            "/x?pta",
            "/x?pta=",
            "/x?pta=&a",
            "/x?ptax=1&xpta=2&%70ta=3",
            "/pta=1?a",
            "pta=1",
            "/x?pta=***",
            "/x?pta=***;a",
            "/x?pta=;a",
            "/x%3Fpta%3D%26a",
            "/x%3Fpta",
            "/x%3Fpta%3",
            "/x%3Fpta%3E1",
            // Encoded twice.
            "/x%253Fpta=1",
            "/x%253Fpta%253D1",
            "/x?pta%253D1",
            "/x%3pta=1",
            "/x%24pta=1",
            "/x3Fpta=1",
            "/x%2pta=1",
            "/%pta=1",
        ] {
            assert_eq!(masked(text), text);
        }
    }
}
