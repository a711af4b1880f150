//! The token's argument in a query: find it, and the query without it.

use memchr::memchr;

use crate::writer::Writer;

/// The parts of a request target: `/path?query#fragment`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target<'a> {
    pub(crate) path: &'a [u8],
    /// What stands between `?` and `#`; empty as well when there is no `?`.
    pub(crate) query: &'a [u8],
    /// From `#` on, that included.
    pub(crate) fragment: &'a [u8],
}

impl<'a> Target<'a> {
    /// Splits a target as nginx does: the first `#` ends it, the first `?` before that begins the query.
    pub(crate) fn split(target: &'a [u8]) -> Self {
        let (target, fragment) = split_before(target, b'#');
        let (path, query) = split_before(target, b'?');
        Self { path, query: query.get(1..).unwrap_or_default(), fragment }
    }
}

fn split_before(bytes: &[u8], separator: u8) -> (&[u8], &[u8]) {
    bytes.split_at(memchr(separator, bytes).unwrap_or(bytes.len()))
}

/// The value of the first argument `name`, in any case of letters; one without `=` is none.
pub(crate) fn find<'a>(query: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    arguments(query).find_map(|argument| value_of(argument, name))
}

/// Writes `query` without its arguments `name`: the others keep their order and bytes.
pub(crate) fn write_without(query: &[u8], name: &[u8], output: &mut Writer<'_>) {
    let mut separator: &[u8] = b"";
    for argument in arguments(query).filter(|argument| value_of(argument, name).is_none()) {
        output.push(separator);
        output.push(argument);
        separator = b"&";
    }
}

fn arguments(query: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(query);
    core::iter::from_fn(move || {
        let (argument, behind) = split_before(rest?, b'&');
        rest = behind.get(1..);
        Some(argument)
    })
}

fn value_of<'a>(argument: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (found, rest) = argument.split_at_checked(name.len())?;
    let value = rest.strip_prefix(b"=")?;
    found.eq_ignore_ascii_case(name).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_split_as_nginx_does() {
        let parts = |target: &'static str| {
            let Target { path, query, fragment } = Target::split(target.as_bytes());
            [path, query, fragment].map(|part| str::from_utf8(part).unwrap())
        };
        assert_eq!(parts("/a?b=c#d"), ["/a", "b=c", "#d"]);
        assert_eq!(parts("/a"), ["/a", "", ""]);
        assert_eq!(parts("/a?"), ["/a", "", ""]);
        assert_eq!(parts("/a?b?c"), ["/a", "b?c", ""]);
        assert_eq!(parts("/a#b?pta=c"), ["/a", "", "#b?pta=c"]);
        assert_eq!(parts("?pta=c"), ["", "pta=c", ""]);
        assert_eq!(parts(""), ["", "", ""]);
    }

    #[test]
    fn the_first_argument_of_that_name_is_found() {
        let find =
            |query: &'static str| find(query.as_bytes(), b"pta").map(|value| str::from_utf8(value).unwrap());
        assert_eq!(find("pta=1"), Some("1"));
        assert_eq!(find("a=b&pta=1&pta=2"), Some("1"));
        assert_eq!(find("PTA=1"), Some("1"));
        assert_eq!(find("pTa=1"), Some("1"));
        assert_eq!(find("pta=&pta=2"), Some(""));
        assert_eq!(find("pta&pta=2"), Some("2"));
        assert_eq!(find("pta=a=b"), Some("a=b"));
        assert_eq!(find("&&pta=1"), Some("1"));
    }

    #[test]
    fn other_names_are_not_it() {
        for query in ["", "pta", "ptax=1", "xpta=1", "%70ta=1", "x=pta=1", "pt=1", "pta%3D1", "a;pta=1"] {
            assert_eq!(find(query.as_bytes(), b"pta"), None, "{query}");
        }
    }

    #[test]
    fn what_remains_keeps_order_and_bytes() {
        let without = |query: &str| {
            let mut buffer = vec![0; query.len()];
            let mut writer = Writer::new(&mut buffer);
            write_without(query.as_bytes(), b"pta", &mut writer);
            String::from_utf8(writer.finish().to_vec()).unwrap()
        };
        assert_eq!(without("pta=1"), "");
        assert_eq!(without("pta=1&a=b"), "a=b");
        assert_eq!(without("a=b&pta=1"), "a=b");
        assert_eq!(without("a=b&pta=1&c=d"), "a=b&c=d");
        assert_eq!(without("pta=1&a&PTA=2&pta&b=%2541&pta="), "a&pta&b=%2541");
        assert_eq!(without("a=b"), "a=b");
        assert_eq!(without("&a&&b&"), "&a&&b&");
        assert_eq!(without("&pta=1&a"), "&a");
        assert_eq!(without(""), "");
    }
}
