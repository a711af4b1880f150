//! The URI of a request that another proxy has received and asks about. What it holds comes from
//! that proxy's client.

use crate::path::unescape;
use crate::query::Target;

/// The request target in a URI: the URI itself, or what follows the authority of an absolute URL.
///
/// None if no proxy sends such a URI:
/// - It does not begin with `/`, `http://` or `https://`.
/// - It has spaces or control characters.
/// - The authority is not plain. Otherwise a client's `Host: x?` could turn the path into a query.
#[must_use]
pub fn target_of(uri: &[u8]) -> Option<&[u8]> {
    if uri.iter().any(|byte| *byte <= b' ' || *byte == 0x7f) {
        return None;
    }
    if uri.first() == Some(&b'/') {
        return Some(uri);
    }
    let rest = without_scheme(uri, b"http://").or_else(|| without_scheme(uri, b"https://"))?;
    let (authority, target) = rest.split_at_checked(rest.iter().position(|byte| *byte == b'/')?)?;
    is_authority(authority).then_some(target)
}

fn without_scheme<'a>(uri: &'a [u8], scheme: &[u8]) -> Option<&'a [u8]> {
    let (found, rest) = uri.split_at_checked(scheme.len())?;
    found.eq_ignore_ascii_case(scheme).then_some(rest)
}

fn is_authority(authority: &[u8]) -> bool {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b".:_-".contains(byte);
    let Some(address) = authority.strip_prefix(b"[") else {
        return !authority.is_empty() && authority.iter().all(is_name);
    };
    let Some(end) = address.iter().position(|byte| *byte == b']') else { return false };
    let (address, port) = address.split_at(end);
    let is_address = |byte: &u8| byte.is_ascii_hexdigit() || b".:".contains(byte);
    let is_port = match port {
        [b']'] => true,
        [b']', b':', digits @ ..] => digits.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    is_port && !address.is_empty() && address.iter().all(is_address)
}

/// Whether another server may understand another path by this target than nginx does.
///
/// It is ambiguous if one of these is in its path, as it is written or decoded once:
/// - the segments `.` and `..`, also with `%2e`, and with a parameter (`..;a`)
/// - `//`, `\`, a NUL
/// - `%2f`, `%5c`, `%00`
///
/// A `#` directly after the path is ambiguous as well.
#[must_use]
pub fn is_ambiguous(target: &[u8]) -> bool {
    let Target { path, fragment, .. } = Target::split(target);
    let ends_with_fragment =
        !fragment.is_empty() && path.len().saturating_add(fragment.len()) == target.len();
    ends_with_fragment || has_ambiguity(path) || decoded(path).is_none_or(|path| has_ambiguity(&path))
}

/// The text with its escapes decoded. Invalid ones are left as they are. None without memory.
fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::new();
    decoded.try_reserve_exact(text.len()).ok()?;
    let mut rest = text;
    while let Some((first, behind)) = rest.split_first() {
        let (byte, behind) = unescape(rest).unwrap_or((*first, behind));
        decoded.push(byte);
        rest = behind;
    }
    Some(decoded)
}

fn has_ambiguity(path: &[u8]) -> bool {
    let has_pair = |pair: &[u8]| path.windows(pair.len()).any(|window| window.eq_ignore_ascii_case(pair));
    path.iter().any(|byte| matches!(byte, b'\\' | b'\0'))
        || [&b"//"[..], b"%2f", b"%5c", b"%00"].into_iter().any(has_pair)
        || path.split(|byte| *byte == b'/').any(is_dot_segment)
}

/// Whether a segment is `.` or `..`, each dot also as `%2e`, and maybe with a parameter, which
/// begins with `;` or `%3b`.
fn is_dot_segment(segment: &[u8]) -> bool {
    let mut rest = segment;
    let mut dots = 0_usize;
    loop {
        rest = match rest {
            [] | [b';', ..] | [b'%', b'3', b'b' | b'B', ..] => return dots == 1 || dots == 2,
            [b'.', behind @ ..] | [b'%', b'2', b'e' | b'E', behind @ ..] => behind,
            _ => return false,
        };
        dots = dots.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_begins_after_a_plain_authority() {
        let target =
            |uri: &'static str| target_of(uri.as_bytes()).map(|target| std::str::from_utf8(target).unwrap());
        for uri in ["/", "/a?b=c#d", "//a", "/%zz", "/\u{e9}"] {
            assert_eq!(target(uri), Some(uri));
        }
        for authority in ["a.example", "A_b-c.d:8080", "127.0.0.1", "[::1]", "[::ffff:1.2.3.4]:443", "[::1]:"]
        {
            for scheme in ["http", "https", "HTTPS"] {
                let uri = format!("{scheme}://{authority}/a?b=http://c/d");
                assert_eq!(target_of(uri.as_bytes()), Some(&b"/a?b=http://c/d"[..]), "{uri}");
            }
        }
        for uri in [
            "",
            "a",
            "?a",
            "*",
            "http://",
            "http:///a",
            "http://a",
            "http://a?/b",
            "http://a#/b",
            "http://a@b/c",
            "http://a%2fb/c",
            "http://a\\b/c",
            "http://[::1/a",
            "http://[]/a",
            "http://[::1]a/b",
            "http://[::1]:a/b",
            "http://[g]/a",
            "http://a[::1]/b",
            "http://\u{e9}/a",
            "ftp://a/b",
            "http:/a/b",
            "https//a/b",
            "/a b",
            "/a\tb",
            "/a\r\nb",
            "/a\0",
            "/a\u{7f}",
            "/a, /b",
        ] {
            assert_eq!(target(uri), None, "{uri:?}");
        }
    }

    #[test]
    fn a_path_that_servers_read_differently_is_ambiguous() {
        for path in [
            "/./a",
            "/a/.",
            "/../a",
            "/a/..",
            "/a/../b",
            "/a/%2e%2e/b",
            "/a/.%2E/b",
            "/a/%2e",
            "/a/..;x=y/b",
            "/a/.;/b",
            "/a/..%3bx/b",
            "/a/..%253Bx/b",
            "/a/%2e%3b",
            "//a",
            "/a//b",
            "/a//",
            "/a/%2f/b",
            "/a%2Fb",
            "/a%5cb",
            "/a%5Cb",
            "/a\\b",
            "/a%00b",
            "/a/%252e%252e/b",
            "/a/%252e./b",
            "/a%252fb",
            "/a%255Cb",
            "/a%2500b",
            "/a#b",
            "/a#",
            "/a#/../b",
        ] {
            assert!(is_ambiguous(path.as_bytes()), "{path}");
            if !path.contains('#') {
                assert!(is_ambiguous(format!("{path}?pta=1#x").as_bytes()), "{path}");
            }
        }
    }

    #[test]
    fn a_usual_path_is_not_ambiguous() {
        for path in [
            "/",
            "/a",
            "/a/",
            "/a/...",
            "/.a/..b",
            "/a.b",
            "/a;b=c/d",
            "/a/;b",
            "/a/...;b",
            "/a/..%3cb",
            "/caf%C3%A9",
            "/a%20b",
            "/a%25b",
            "/a?b=/../c",
            "/a?b=//c%2fd\\",
            "/a?b#c",
            "/%2ea",
            "/a%3fb",
            "/a%23b",
        ] {
            assert!(!is_ambiguous(path.as_bytes()), "{path}");
        }
    }
}
