//! A value as it is written in XML, and the text that it stands for.

use std::borrow::Cow;

use crate::memory::{extend, push};
use crate::stop::Stop;

/// A text, and where its bytes are in the document.
pub(crate) struct Value<'p> {
    pub(crate) text: Cow<'p, [u8]>,
    /// Where the value begins.
    start: usize,
    /// If there are references like `&amp;` in it: the offset of each byte, and of the end.
    offsets: Vec<usize>,
}

/// Why a value has no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoText {
    /// It uses an entity that the document may define.
    Unknown,
    /// It is not well-formed.
    Malformed,
    Stop(Stop),
}

impl From<Stop> for NoText {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

impl<'p> Value<'p> {
    /// The text `raw`, which begins at `start` of the document.
    pub(crate) fn plain(raw: &'p [u8], start: usize) -> Self {
        Self { text: Cow::Borrowed(raw), start, offsets: Vec::new() }
    }

    /// Whether it is the text that stands in the document.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self.text, Cow::Borrowed(_))
    }

    /// The value `raw`, which begins at `start` of the document. In CDATA, `&` is no reference.
    pub(crate) fn read(raw: &'p [u8], start: usize, is_cdata: bool) -> Result<Self, NoText> {
        if is_cdata || memchr::memchr2(b'&', b'<', raw).is_none() {
            return Ok(Self::plain(raw, start));
        }
        let (mut text, mut offsets, mut at) = (Vec::new(), Vec::new(), 0_usize);
        while let Some((&byte, behind)) = raw.get(at..).and_then(<[u8]>::split_first) {
            let before = text.len();
            let len = match byte {
                b'<' => return Err(NoText::Malformed),
                b'&' => {
                    let len = memchr::memchr(b';', behind).ok_or(NoText::Malformed)?;
                    let name = behind.get(..len).unwrap_or_default();
                    let character = character(name)?;
                    extend(&mut text, character.encode_utf8(&mut [0; 4]).as_bytes())?;
                    // The "&" and the ";".
                    len.saturating_add(2)
                }
                _ => {
                    push(&mut text, byte)?;
                    1
                }
            };
            for _ in before..text.len() {
                push(&mut offsets, at)?;
            }
            at = at.saturating_add(len);
        }
        push(&mut offsets, at)?;
        Ok(Self { text: Cow::Owned(text), start, offsets })
    }

    /// Where a byte of the text is in the document.
    pub(crate) fn position(&self, offset: usize) -> usize {
        let inside = if self.offsets.is_empty() {
            offset
        } else {
            self.offsets.get(offset).copied().unwrap_or(offset)
        };
        self.start.saturating_add(inside)
    }
}

/// The character that `&name;` stands for.
fn character(name: &[u8]) -> Result<char, NoText> {
    let known = match name {
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" => '"',
        b"apos" => '\'',
        [b'#', number @ ..] => {
            let (digits, radix) = match number {
                [b'x', digits @ ..] => (digits, 16),
                _ => (number, 10),
            };
            // Without a sign.
            let is_number = digits.iter().all(u8::is_ascii_hexdigit);
            let digits = std::str::from_utf8(digits).ok().filter(|_| is_number).ok_or(NoText::Malformed)?;
            let number = u32::from_str_radix(digits, radix).map_err(|_| NoText::Malformed)?;
            char::from_u32(number).ok_or(NoText::Malformed)?
        }
        [first, ..] if first.is_ascii_alphabetic() || *first == b'_' || !first.is_ascii() => {
            return Err(NoText::Unknown);
        }
        _ => return Err(NoText::Malformed),
    };
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_text(raw: &str, text: &str, positions: &[usize]) {
        let value = Value::read(raw.as_bytes(), 100, false).map_err(|error| format!("{error:?}")).unwrap();
        assert_eq!(*value.text, *text.as_bytes(), "{raw}");
        let found: Vec<usize> = (0..=text.len()).map(|offset| value.position(offset)).collect();
        assert_eq!(found, positions, "{raw}");
    }

    #[test]
    fn a_text_knows_where_its_bytes_are() {
        assert_text("ab", "ab", &[100, 101, 102]);
        assert_text("", "", &[100]);
        assert_text("a&amp;b", "a&b", &[100, 101, 106, 107]);
        assert_text("&lt;&gt;&quot;&apos;", "<>\"'", &[100, 104, 108, 114, 120]);
        assert_text("&#65;&#x42;c", "ABc", &[100, 105, 111, 112]);
        assert_text("&#xE9;a", "éa", &[100, 100, 106, 107]);
    }

    #[test]
    fn a_reference_is_none_in_cdata() {
        let value = Value::read(b"a&b<c", 5, true).map_err(|error| format!("{error:?}")).unwrap();
        assert_eq!((&*value.text, value.position(5)), (&b"a&b<c"[..], 10));
    }

    #[test]
    fn what_has_no_text_is_an_error() {
        for (raw, error) in [
            ("&e;", NoText::Unknown),
            ("a&nbsp;", NoText::Unknown),
            ("&_e;", NoText::Unknown),
            ("a&b", NoText::Malformed),
            ("a&", NoText::Malformed),
            ("&;", NoText::Malformed),
            ("a<b", NoText::Malformed),
            ("&#;", NoText::Malformed),
            ("&#x;", NoText::Malformed),
            ("&#+65;", NoText::Malformed),
            ("&#xD800;", NoText::Malformed),
            ("&#x110000;", NoText::Malformed),
            ("&#a;", NoText::Malformed),
            ("& a;", NoText::Malformed),
        ] {
            assert_eq!(Value::read(raw.as_bytes(), 0, false).err(), Some(error), "{raw}");
        }
    }
}
