//! Text for people: times, paths, and the reasons of errors.

pub(crate) mod expiry;
pub(crate) mod printable;
pub(crate) mod reason;
pub(crate) mod sealed;
mod span;
