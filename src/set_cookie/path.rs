//! The Path of a cookie. Browsers and curl compare it byte by byte with the path as they spell it.

/// Browsers ignore a longer attribute.
const LONGEST: usize = 1024;

/// The Path for a token with this text before its wildcard: up to the last `/` before the first
/// byte that may be spelled in two ways. A Path that is too wide lets nothing through: the token is
/// still checked.
pub(super) fn of_prefix(prefix: &[u8]) -> &[u8] {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(byte);
    let plain = prefix.iter().take(LONGEST).take_while(|byte| is_plain(byte)).count();
    let plain = prefix.get(..plain).unwrap_or_default();
    let end = plain.iter().rposition(|&byte| byte == b'/').map_or(0, |at| at.saturating_add(1));
    plain.get(..end).unwrap_or_default()
}

/// Whether clients send a cookie with this Path along with a request for `path` (RFC 6265, 5.1.4).
pub(super) fn covers(cookie_path: &[u8], path: &[u8]) -> bool {
    path.strip_prefix(cookie_path)
        .is_some_and(|rest| cookie_path.last() == Some(&b'/') || matches!(rest.first(), None | Some(b'/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_ends_behind_the_last_slash_that_everybody_spells_alike() {
        for (prefix, path) in [
            ("/", "/"),
            ("/v/", "/v/"),
            ("/v/a", "/v/"),
            ("/v/a/b-c_d.e~f/", "/v/a/b-c_d.e~f/"),
            ("/v/a b/c/", "/v/"),
            ("/v/a%b/", "/v/"),
            ("/v/ü/", "/v/"),
            ("/a+b/", "/"),
            ("/v/x;y/z/", "/v/"),
            (r"/v/a\*/", "/v/"),
            ("/v/\"/", "/v/"),
            ("", ""),
        ] {
            assert_eq!(of_prefix(prefix.as_bytes()), path.as_bytes(), "{prefix}");
        }
    }

    #[test]
    fn every_other_byte_ends_the_path() {
        for byte in 0..=255_u8 {
            let prefix = [b'/', b'v', b'/', byte, b'/'];
            let is_plain = byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
            assert_eq!(of_prefix(&prefix), if is_plain { &prefix[..] } else { b"/v/" }, "{byte}");
        }
    }

    #[test]
    fn a_path_that_browsers_would_ignore_is_cut() {
        let long = "/0123456789abcde".repeat(100);
        assert_eq!(of_prefix(long.as_bytes()), &long.as_bytes()[..1009]);
    }

    #[test]
    fn a_cookie_is_sent_below_its_path() {
        for (cookie, path) in
            [("/", "/"), ("/", "/a"), ("/v/", "/v/"), ("/v/", "/v/a"), ("/v", "/v"), ("/v", "/v/a")]
        {
            assert!(covers(cookie.as_bytes(), path.as_bytes()), "{cookie} {path}");
        }
        for (cookie, path) in
            [("/v/", "/v"), ("/v", "/va"), ("/v/", "/w/"), ("/v/", "//v/"), ("/v/", "/%76/a")]
        {
            assert!(!covers(cookie.as_bytes(), path.as_bytes()), "{cookie} {path}");
        }
    }
}
