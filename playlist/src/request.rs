//! What the rewriting needs to know of the request for the playlist, and of its token.

use std::fmt;

use pta_http::name::TokenName;
use pta_token::PathPattern;

/// The scheme of a URL. There are no others that the token may go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `http`
    Http,
    /// `https`
    Https,
}

impl Scheme {
    /// The scheme, in any case of letters.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        [Self::Http, Self::Https].into_iter().find(|scheme| text.eq_ignore_ascii_case(scheme.as_bytes()))
    }

    fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::Http => b"http",
            Self::Https => b"https",
        }
    }

    /// The port of URLs that name none.
    #[must_use]
    pub fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// The port in the `Host` line of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Port {
    /// The line names no port, or there is no such line.
    Absent,
    /// The port that it names.
    Number(u16),
    /// What follows the host is no port from 1 to 65535. No URL has it.
    Unusable,
}

impl Port {
    /// The port in the value of a `Host` line: `example.com:8080`, `[2001:db8::1]`.
    #[must_use]
    pub fn in_host_line(value: &[u8]) -> Self {
        // The colons of an IPv6 address are in brackets.
        let behind_address =
            value.iter().rposition(|&byte| byte == b']').map_or(0, |at| at.saturating_add(1));
        let rest = value.get(behind_address..).unwrap_or_default();
        match rest.iter().position(|&byte| byte == b':').and_then(|at| rest.get(at.saturating_add(1)..)) {
            None => Self::Absent,
            Some(digits) => parse_port(digits).map_or(Self::Unusable, Self::Number),
        }
    }
}

/// A port from 1 to 65535: digits only, without leading zeros.
pub(crate) fn parse_port(digits: &[u8]) -> Option<u16> {
    if !matches!(digits, [b'1'..=b'9', ..]) || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The request for the playlist.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// nginx's `$scheme`.
    pub scheme: Scheme,
    /// nginx's `$host`: the host without its port.
    pub host: &'a [u8],
    /// The port of the `Host` line, see [`Port::in_host_line`].
    pub port: Port,
    /// The path of the client's own request as the client spelled it, not decoded. The client
    /// resolves references against it.
    pub path: &'a [u8],
    /// The query of the client's own request, for variables of HLS.
    pub query: &'a [u8],
}

/// The token to add.
#[derive(Clone, Copy)]
pub struct Token<'a> {
    name: TokenName<'a>,
    value: &'a [u8],
    pattern: PathPattern<'a>,
}

impl<'a> Token<'a> {
    /// A token `value` that allows the paths of `pattern`. `name` is that of its argument. None if
    /// the value has other characters than letters, digits, `-`, `.` and `_`: such a token, sealed
    /// or not, was never allowed. No playlist and no URL gives these characters a meaning.
    #[must_use]
    pub fn new(name: TokenName<'a>, value: &'a [u8], pattern: PathPattern<'a>) -> Option<Self> {
        // Looks at all bytes, so that several are compared at once.
        let is_plain = value.iter().fold(true, |all, &byte| {
            all & matches!(byte, b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_')
        });
        (is_plain && !value.is_empty()).then_some(Self { name, value, pattern })
    }

    pub(crate) fn name(&self) -> &'a [u8] {
        self.name.as_bytes()
    }

    pub(crate) fn value(&self) -> &'a [u8] {
        self.value
    }

    pub(crate) fn pattern(&self) -> PathPattern<'a> {
        self.pattern
    }
}

impl fmt::Debug for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("name", &self.name)
            .field("pattern", &self.pattern)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scheme_is_http_or_https_in_any_case() {
        assert_eq!(Scheme::parse(b"http"), Some(Scheme::Http));
        assert_eq!(Scheme::parse(b"HttpS"), Some(Scheme::Https));
        for other in [&b""[..], b"ftp", b"httpss", b"http:", b"skd"] {
            assert_eq!(Scheme::parse(other), None);
        }
        assert_eq!((Scheme::Http.default_port(), Scheme::Https.default_port()), (80, 443));
    }

    #[test]
    fn the_port_of_a_host_line_is_behind_the_host() {
        for (line, port) in [
            ("example.com", Port::Absent),
            ("", Port::Absent),
            ("[2001:db8::1]", Port::Absent),
            ("example.com:80", Port::Number(80)),
            ("[2001:db8::1]:65535", Port::Number(65535)),
            ("example.com:", Port::Unusable),
            ("example.com:0", Port::Unusable),
            ("example.com:080", Port::Unusable),
            ("example.com:65536", Port::Unusable),
            ("example.com:8x", Port::Unusable),
            ("2001:db8::1", Port::Unusable),
        ] {
            assert_eq!(Port::in_host_line(line.as_bytes()), port, "{line}");
        }
    }

    #[test]
    fn a_token_is_made_of_plain_characters_and_never_printed() {
        let (name, pattern) = (TokenName::parse(b"pta").unwrap(), PathPattern::parse(b"/*").unwrap());
        for value in
            [&b""[..], b"ab&x=1", b"a b", b"a\"", b"a#", b"\xff", b"a<", b"a'", b"a$", b"a{", b"a,", b"a%"]
        {
            assert!(Token::new(name, value, pattern).is_none());
        }
        // A sealed one.
        let sealed = Token::new(name, b"00fF.nOnce_1.s-eal_2", pattern).unwrap();
        assert_eq!(sealed.value(), b"00fF.nOnce_1.s-eal_2");
        let token = Token::new(name, b"00fF", pattern).unwrap();
        assert_eq!((token.name(), token.value()), (&b"pta"[..], &b"00fF"[..]));
        assert!(!format!("{token:?}").contains("00fF"));
    }
}
