//! Words about sealed tokens.

/// Why a sealed token is malformed.
pub(crate) const MALFORMED: &str = "token is malformed: a sealed token is hexadecimal digits, perhaps a dot and a nonce, a dot \
                                    and a seal of 22 characters";

/// Why a token without seal is not valid if there are values that the seal must be bound to.
pub(crate) const NOT_BOUND: &str = "token has no seal, so it is not bound to the values of --bind";
