//! The error of an allocation.

/// The pool has no memory left.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OutOfMemory;
