//! The check of requests, in the rewrite and access phases.

pub(crate) mod access;
mod count;
pub(crate) mod dav;
pub(crate) mod enforce;
pub(crate) mod gate;
pub(crate) mod log;
pub(crate) mod mask;
pub(crate) mod replay;
pub(crate) mod rewrite;
mod seal;
pub(crate) mod strip;
pub(crate) mod subrequest;
pub(crate) mod verify;
