//! The token in a request header.

/// The name of a request header that may contain the token, and that may be removed: nginx keeps a
/// pointer to none of these lines but `Authorization`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeaderName<B>(B);

/// Why a name is not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameError {
    /// It is empty, or contains a byte other than letters, digits and `-`.
    Characters,
    /// The header has a meaning of its own for the server.
    Reserved,
}

/// Headers whose meaning for the server a token would change, and whose removal as well. All that
/// begin with `Content-` or `If-` are reserved, too.
const RESERVED: [&[u8]; 24] = [
    b"Accept",
    b"Accept-Encoding",
    b"Accept-Language",
    b"Connection",
    b"Cookie",
    b"Date",
    b"Depth",
    b"Destination",
    b"Expect",
    b"Host",
    b"Keep-Alive",
    b"Overwrite",
    b"Proxy-Connection",
    b"Range",
    b"Referer",
    b"TE",
    b"Trailer",
    b"Transfer-Encoding",
    b"Upgrade",
    b"User-Agent",
    b"Via",
    b"X-Accel-Redirect",
    b"X-Forwarded-For",
    b"X-Real-IP",
];

const AUTHORIZATION: &[u8] = b"Authorization";

impl<B: AsRef<[u8]>> HeaderName<B> {
    /// The name, if a token may be in a header with that name.
    ///
    /// # Errors
    ///
    /// See [`NameError`].
    pub fn parse(bytes: B) -> Result<Self, NameError> {
        let name = bytes.as_ref();
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
        if name.is_empty() || !name.iter().all(is_plain) {
            return Err(NameError::Characters);
        }
        let begins_with = |prefix: &[u8]| {
            name.get(..prefix.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(prefix))
        };
        let is_reserved = RESERVED.iter().any(|reserved| name.eq_ignore_ascii_case(reserved));
        if is_reserved || begins_with(b"Content-") || begins_with(b"If-") {
            return Err(NameError::Reserved);
        }
        Ok(Self(bytes))
    }

    /// The same name, borrowed.
    #[must_use]
    pub fn borrowed(&self) -> HeaderName<&[u8]> {
        HeaderName(self.0.as_ref())
    }
}

impl<'a> HeaderName<&'a [u8]> {
    /// The name without `pta_header`.
    pub const DEFAULT: HeaderName<&'static [u8]> = HeaderName(b"X-PTA");

    /// The bytes of the name.
    #[inline]
    #[must_use]
    pub fn as_bytes(self) -> &'a [u8] {
        self.0
    }
}

/// Whether tokens in this header follow the word `Bearer`.
#[must_use]
pub fn is_authorization(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(AUTHORIZATION)
}

/// The token in the value of the header `name`. None if it is `Authorization` with another scheme
/// than `Bearer` (RFC 6750).
#[must_use]
pub fn token_in<'a>(name: &[u8], value: &'a [u8]) -> Option<&'a [u8]> {
    let value = trim(value);
    if !is_authorization(name) {
        return Some(value);
    }
    let (scheme, token) =
        value.split_at(value.iter().position(|byte| is_blank(*byte)).unwrap_or(value.len()));
    scheme.eq_ignore_ascii_case(b"Bearer").then(|| trim(token))
}

/// Blanks in a header are spaces and tabs.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn trim(mut value: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = value {
        if !is_blank(*first) {
            break;
        }
        value = rest;
    }
    while let [rest @ .., last] = value {
        if !is_blank(*last) {
            break;
        }
        value = rest;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_consists_of_letters_digits_and_dashes() {
        for byte in 0..=255_u8 {
            let is_plain = byte.is_ascii_alphanumeric() || byte == b'-';
            let name = [b'x', byte];
            let expected = if is_plain { Ok(HeaderName(&name[..])) } else { Err(NameError::Characters) };
            assert_eq!(HeaderName::parse(&name[..]), expected, "{byte}");
        }
        assert_eq!(HeaderName::parse(&b""[..]), Err(NameError::Characters));
        assert_eq!(HeaderName::parse(HeaderName::DEFAULT.as_bytes()), Ok(HeaderName::DEFAULT));
    }

    #[test]
    fn headers_with_a_meaning_for_the_server_are_reserved() {
        for name in [
            "Host",
            "host",
            "COOKIE",
            "Connection",
            "Content-",
            "content-type",
            "Content-Anything",
            "Transfer-Encoding",
            "Range",
            "If-",
            "if-range",
            "If-None-Match",
            "Expect",
            "Upgrade",
            "te",
            "Destination",
        ] {
            assert_eq!(HeaderName::parse(name.as_bytes()), Err(NameError::Reserved), "{name}");
        }
        for name in
            ["X-PTA", "Authorization", "authorization", "X-Host", "Hosts", "Ifs", "If", "Content", "T"]
        {
            assert_eq!(HeaderName::parse(name.as_bytes()).map(HeaderName::as_bytes), Ok(name.as_bytes()));
        }
    }

    /// All but `Authorization`, for which the module corrects the pointer.
    #[test]
    fn headers_that_nginx_keeps_pointers_to_are_reserved() {
        // ngx_http_headers_in_t of nginx 1.30, with all of its features.
        for name in [
            "Host",
            "Connection",
            "If-Modified-Since",
            "If-Unmodified-Since",
            "If-Match",
            "If-None-Match",
            "User-Agent",
            "Referer",
            "Content-Length",
            "Content-Range",
            "Content-Type",
            "Range",
            "If-Range",
            "Transfer-Encoding",
            "TE",
            "Expect",
            "Upgrade",
            "Accept-Encoding",
            "Via",
            "Keep-Alive",
            "X-Forwarded-For",
            "X-Real-IP",
            "Accept",
            "Accept-Language",
            "Depth",
            "Destination",
            "Overwrite",
            "Date",
            "Cookie",
        ] {
            assert_eq!(HeaderName::parse(name.as_bytes()), Err(NameError::Reserved), "{name}");
        }
    }

    #[test]
    fn the_whole_value_is_the_token() {
        let found = |value: &'static str| token_in(b"X-PTA", value.as_bytes());
        assert_eq!(found("abc"), Some(&b"abc"[..]));
        assert_eq!(found(" \tabc\t "), Some(&b"abc"[..]));
        assert_eq!(found("Bearer abc"), Some(&b"Bearer abc"[..]));
        assert_eq!(found(""), Some(&b""[..]));
        assert_eq!(found(" \t"), Some(&b""[..]));
    }

    #[test]
    fn in_authorization_it_follows_bearer() {
        let found = |value: &'static str| token_in(b"authorization", value.as_bytes());
        for value in ["Bearer abc", "bearer  abc", "BEARER\tabc ", " Bearer abc"] {
            assert_eq!(found(value), Some(&b"abc"[..]), "{value}");
        }
        for value in ["Bearer", "Bearer ", "bearer\t "] {
            assert_eq!(found(value), Some(&b""[..]), "{value}");
        }
        assert_eq!(found("Bearer a b"), Some(&b"a b"[..]));
        for value in ["", "Basic abc", "abc", "Bearerabc", "Bearer=abc", "Digest Bearer abc"] {
            assert_eq!(found(value), None, "{value}");
        }
    }
}
