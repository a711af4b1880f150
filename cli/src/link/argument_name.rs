//! What the name of the token's argument and cookie may be.

/// Whether a name needs no escaping in a query, and is a token of RFC 6265 as a cookie's name.
pub(crate) fn is_name(name: &[u8]) -> bool {
    !name.is_empty() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(byte))
}
