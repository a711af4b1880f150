//! References from a zone to its own memory. All processes have the zone at the same address.

use core::ptr;
use core::slice;
use core::sync::atomic::{AtomicPtr, AtomicU64, AtomicUsize, Ordering};

use crate::nginx::shared_zone::Shared;

/// A reference from one value in a zone to another one in it, or none.
#[repr(transparent)]
pub(crate) struct Link<T>(AtomicPtr<T>);

impl<T> Link<T> {
    pub(crate) const fn none() -> Self {
        Self(AtomicPtr::new(ptr::null_mut()))
    }
}

impl<T: Shared> Link<T> {
    pub(crate) fn get(&self) -> Option<&'static T> {
        // SAFETY: NULL, or what `set` put there.
        unsafe { self.0.load(Ordering::Acquire).as_ref() }
    }

    /// `target` must lie in the same zone, as everything that `Locked` allocates.
    pub(crate) fn set(&self, target: Option<&'static T>) {
        self.0.store(
            target.map_or(ptr::null_mut(), |target| ptr::from_ref(target).cast_mut()),
            Ordering::Release,
        );
    }
}

/// A reference from a zone to a row of numbers in it.
#[repr(C)]
pub(crate) struct Row {
    start: AtomicPtr<AtomicU64>,
    len: AtomicUsize,
}

impl Row {
    /// Empty before [`Self::set`].
    pub(crate) fn get(&self) -> &'static [AtomicU64] {
        let (len, start) = (self.len.load(Ordering::Acquire), self.start.load(Ordering::Acquire));
        // SAFETY: `set` stores the length behind the start, of numbers that are never freed.
        if len == 0 { &[] } else { unsafe { slice::from_raw_parts(start, len) } }
    }

    /// `numbers` must lie in the same zone, as what `Locked` allocates. Called once for a row.
    pub(crate) fn set(&self, numbers: &'static [AtomicU64]) {
        self.start.store(numbers.as_ptr().cast_mut(), Ordering::Release);
        self.len.store(numbers.len(), Ordering::Release);
    }
}
