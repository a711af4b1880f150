//! Replaces the values of arguments by `***`.

use memchr::memchr3;

use crate::query;
use crate::writer::Writer;

pub(crate) const MASK: &[u8] = b"***";

/// Writes `text` with `***` in place of the values of the arguments `name`.
pub(crate) fn write_masked(text: &[u8], name: &[u8], output: &mut Writer<'_>) {
    let mut written = 0_usize;
    for (start, end) in values(text, name) {
        output.push(text.get(written..start).unwrap_or_default());
        output.push(MASK);
        written = end;
    }
    output.push(text.get(written..).unwrap_or_default());
}

/// The three parts of `text` with `***` in place of what stands from `start` to `end`.
#[inline]
pub(crate) fn masked_at(text: &[u8], start: usize, end: usize) -> [&[u8]; 3] {
    [text.get(..start).unwrap_or_default(), MASK, text.get(end..).unwrap_or_default()]
}

/// Where the values of the arguments `name` begin and end. As this is about what people may read, an argument begins
/// behind any `?`, `&` or `#`; it ends before the next `&`, `#` or blank.
pub(crate) fn values<'a>(text: &'a [u8], name: &'a [u8]) -> impl Iterator<Item = (usize, usize)> + 'a {
    let mut separator = memchr3(b'?', b'&', b'#', text);
    core::iter::from_fn(move || {
        loop {
            let at = separator?.saturating_add(1);
            let value = query::behind_name(text.get(at..)?, name);
            let (start, end) = value.map_or((at, at), |value| {
                let start = text.len().saturating_sub(value.len());
                let len = memchr3(b'&', b'#', b' ', value).unwrap_or(value.len());
                (start, start.saturating_add(len))
            });
            // A `?` in a value begins no argument.
            separator = memchr3(b'?', b'&', b'#', text.get(end..)?).map(|found| end.saturating_add(found));
            if start < end && text.get(start..end) != Some(MASK) {
                return Some((start, end));
            }
        }
    })
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
        assert_eq!(masked("/x?pta=a"), "/x?pta=***");
        // A link that was put together with the wrong separator.
        assert_eq!(masked("/x&pta=a"), "/x&pta=***");
    }

    #[test]
    fn what_is_no_value_stays() {
        for text in
            ["", "GET /x HTTP/1.1", "/x?pta", "/x?pta=", "/x?pta=&a", "/x?ptax=1&xpta=2&%70ta=3", "/pta=1?a"]
        {
            assert_eq!(masked(text), text);
        }
    }
}
