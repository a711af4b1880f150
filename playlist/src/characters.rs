//! Classes of characters, and texts that every client reads the same way.

/// A byte that no URL has, and that clients drop or replace: 0 to 31, 127, `\` and `"`.
pub(crate) const ODD: u8 = 1;
/// The beginning or a part of a character beyond ASCII.
pub(crate) const HIGH: u8 = 2;
/// `/`
pub(crate) const SLASH: u8 = 4;
/// `.`
pub(crate) const DOT: u8 = 8;
/// `$`, the beginning of an identifier of DASH and part of `{$name}`.
pub(crate) const DOLLAR: u8 = 16;
/// A blank.
pub(crate) const BLANK: u8 = 32;
/// `:`, `?`, `#`, `%` and `&`.
pub(crate) const SPECIAL: u8 = 64;

/// Classes of bytes that a path may have, but whose meaning depends on their place.
pub(crate) const UNCLEAR: u8 = ODD | HIGH | BLANK | SPECIAL;

static CLASSES: [u8; 256] = classes();

#[allow(clippy::indexing_slicing)] // the index is below 256, and the compiler runs it
const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut byte: usize = 0;
    while byte < 256 {
        classes[byte] = match byte {
            0..=31 | 127 | 34 | 92 => ODD,
            128.. => HIGH,
            32 => BLANK,
            36 => DOLLAR,
            46 => DOT,
            47 => SLASH,
            35 | 37 | 38 | 58 | 63 => SPECIAL,
            _ => 0,
        };
        byte = byte.wrapping_add(1);
    }
    classes
}

/// Whether one of the classes `wanted` is among `classes`.
#[inline]
pub(crate) fn has(classes: u8, wanted: u8) -> bool {
    classes & wanted != 0
}

/// All classes of the bytes in `text`.
#[inline]
pub(crate) fn scan(text: &[u8]) -> u8 {
    let class = |byte: &u8| CLASSES.get(usize::from(*byte)).copied().unwrap_or(ODD);
    text.iter().fold(0, |found, byte| found | class(byte))
}

/// Whether all clients read `text` as the same URL: it has no odd bytes, no blank at its ends, and
/// nothing that a client might take for either.
pub(crate) fn is_clear(text: &[u8], classes: u8) -> bool {
    let ends_with_blank = text.first() == Some(&b' ') || text.last() == Some(&b' ');
    // Most texts have nothing but plain bytes.
    let is_odd = has(classes, ODD) || ends_with_blank || has(classes, HIGH) && has_wide_blank(text);
    !is_odd
}

/// Whether all clients take `text` for one line, without what is around it.
pub(crate) fn is_one_line(text: &[u8]) -> bool {
    let is_control = |byte: &u8| *byte < b' ' && *byte != b'\t' || *byte == 127;
    !trim(text).iter().any(is_control) && !has_wide_line_end(text)
}

/// Whether `text` has a line end of Unicode: NEL, LINE SEPARATOR or PARAGRAPH SEPARATOR.
fn has_wide_line_end(text: &[u8]) -> bool {
    let is_line_end = |at: usize| {
        let rest = text.get(at..).unwrap_or_default();
        [&b"\xc2\x85"[..], b"\xe2\x80\xa8", b"\xe2\x80\xa9"].iter().any(|end| rest.starts_with(end))
    };
    memchr::memchr2_iter(b'\xc2', b'\xe2', text).any(is_line_end)
}

/// Whether `text` has a blank of Unicode at one of its ends, or a line end of Unicode. Scripts trim
/// such blanks: without it, a relative reference may be one to another host.
fn has_wide_blank(text: &[u8]) -> bool {
    if has_wide_line_end(text) {
        return true;
    }
    // A character beyond ASCII has two to four bytes.
    let decode = |bytes: &[u8]| {
        let mut characters = std::str::from_utf8(bytes).ok()?.chars();
        characters.next().filter(|_| characters.next().is_none())
    };
    let ends = |end: usize| {
        let first = text.get(..end).and_then(decode);
        let last = text.len().checked_sub(end).and_then(|start| text.get(start..)).and_then(decode);
        [first, last].into_iter().flatten().any(is_wide_blank)
    };
    (2..=4).any(ends)
}

fn is_wide_blank(character: char) -> bool {
    // The byte order mark and the Mongolian separator are white space in some languages only.
    !character.is_ascii() && character.is_whitespace()
        || matches!(character, '\u{feff}' | '\u{180e}' | '\u{200b}')
}

/// `text` without blanks and tabs around it, and what of a line end it has.
#[inline]
pub(crate) fn trim(text: &[u8]) -> &[u8] {
    let mut text = text;
    while let [b' ' | b'\t' | b'\r' | b'\n', rest @ ..] | [rest @ .., b' ' | b'\t' | b'\r' | b'\n'] = text {
        text = rest;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_clear(text: &[u8], expected: bool) {
        assert_eq!(is_clear(text, scan(text)), expected, "{}", text.escape_ascii());
    }

    #[test]
    fn odd_bytes_are_found_at_any_place() {
        for byte in 0..=255_u8 {
            let is_odd = byte < 32 || byte == 127 || byte == b'\\' || byte == b'"';
            assert_eq!(scan(&[byte]) & ODD != 0, is_odd, "{byte}");
            for text in [[byte, b'a', b'b'], [b'a', byte, b'b'], [b'a', b'b', byte]] {
                assert_eq!(scan(&text) & ODD != 0, is_odd, "{byte}");
            }
        }
    }

    #[test]
    fn blanks_are_odd_at_the_ends_only() {
        assert_clear(b"a b", true);
        assert_clear(b" a", false);
        assert_clear(b"a ", false);
        assert_clear(b"", true);
    }

    #[test]
    fn characters_beyond_ascii_are_clear() {
        assert_clear("étoile/ségment 1.ts".as_bytes(), true);
        assert_clear(b"\xe9toile\xff", true);
        assert_clear("é".as_bytes(), true);
    }

    #[test]
    fn blanks_of_unicode_are_odd_at_the_ends_only() {
        for blank in ['\u{a0}', '\u{1680}', '\u{2003}', '\u{202f}', '\u{3000}', '\u{feff}'] {
            assert_clear(format!("{blank}//evil.test/a").as_bytes(), false);
            assert_clear(format!("a{blank}").as_bytes(), false);
            assert_clear(format!("a{blank}b").as_bytes(), true);
        }
    }

    #[test]
    fn line_ends_of_unicode_are_odd_everywhere() {
        for end in ['\u{85}', '\u{2028}', '\u{2029}'] {
            assert_clear(format!("a{end}//evil.test/a").as_bytes(), false);
        }
    }

    #[test]
    fn a_line_has_no_line_ends_in_it() {
        for text in ["a \tb\r", "", " \r\r", "étoile\u{a0}\u{2003}"] {
            assert!(is_one_line(text.as_bytes()), "{text:?}");
        }
        for end in ['\r', '\u{b}', '\u{c}', '\0', '\u{7f}', '\u{85}', '\u{2028}', '\u{2029}'] {
            assert!(!is_one_line(format!("a{end}b").as_bytes()), "{end:?}");
        }
    }

    #[test]
    fn what_is_around_a_reference_is_cut_off() {
        assert_eq!(trim(b" \t a b\t\r\n"), b"a b");
        assert_eq!(trim(b" \t\r\n"), b"");
        assert_eq!(trim(b"\x0ba\x0c"), b"\x0ba\x0c");
    }
}
