//! Words about sealed tokens.

/// Why a sealed token is malformed.
pub(crate) const MALFORMED: &str = "token is malformed: a sealed token is hexadecimal digits, perhaps a dot and a nonce, a dot \
                                    and a seal of 22 characters";
