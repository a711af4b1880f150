//! What a block has of a module of which it writes no directive.

use core::ptr;

/// What a block has until one of its directives is read.
pub(crate) struct Unwritten<T> {
    value: T,
    new: fn() -> T,
}

// SAFETY: nginx reads configurations and handles requests in one thread.
unsafe impl<T> Sync for Unwritten<T> {}

impl<T: Default> Unwritten<T> {
    /// `value` must be as the default.
    pub(crate) const fn new(value: T) -> Self {
        Self { value, new: T::default }
    }
}

impl<T> Unwritten<T> {
    /// A configuration that a block has of its own.
    pub(crate) fn make(&self) -> T {
        (self.new)()
    }

    /// The pointer that nginx gets. Nothing writes through it.
    pub(crate) fn as_ptr(&'static self) -> *mut T {
        ptr::from_ref(&self.value).cast_mut()
    }
}
