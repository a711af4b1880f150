//! The name of the argument and of the cookie that contain the token.

/// A name that needs no escaping in a query and is a valid name of a cookie (a token of RFC 6265).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenName<'a>(&'a [u8]);

impl<'a> TokenName<'a> {
    /// The name. None if it is empty or contains a byte other than letters, digits, `-`, `.`, `_`
    /// and `~`.
    #[must_use]
    pub fn parse(name: &'a [u8]) -> Option<Self> {
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
        (!name.is_empty() && name.iter().all(is_plain)).then_some(Self(name))
    }

    /// The bytes of the name.
    #[must_use]
    pub fn as_bytes(self) -> &'a [u8] {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_needs_no_escaping() {
        for byte in 0..=255_u8 {
            let is_plain = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
            let name = [b'a', byte];
            let parsed = TokenName::parse(&name).map(TokenName::as_bytes);
            assert_eq!(parsed, is_plain.then_some(&name[..]), "{byte}");
        }
        assert_eq!(TokenName::parse(b""), None);
    }
}
