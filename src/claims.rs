//! The claims on tokens that may be used once, in the shared memory of `pta_once_zone`.
//!
//! They are looked up where requests are checked, so this room lies below the check. The directives
//! are in `once`.

pub(crate) mod zone;
pub(crate) mod zones;
