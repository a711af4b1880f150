//! Options that several commands share.

pub(crate) mod bind;
pub(crate) mod checking;
pub(crate) mod clock;
pub(crate) mod given;
pub(crate) mod key_source;
pub(crate) mod name;
pub(crate) mod pair;
