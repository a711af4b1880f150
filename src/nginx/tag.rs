//! Statics whose addresses identify something.

use core::ptr;
use core::sync::atomic::AtomicU8;

/// Identifies what refers to it. Each static of this type has an address of its own: it has interior
/// mutability, so it shares no memory with an equal static or constant. A function or a static
/// without it might.
pub(crate) struct Tag(#[allow(dead_code)] AtomicU8); // never read: only the address counts

impl Tag {
    pub(crate) const fn new() -> Self {
        Self(AtomicU8::new(0))
    }

    pub(crate) fn as_ptr(&'static self) -> *const Self {
        ptr::from_ref(self)
    }
}
