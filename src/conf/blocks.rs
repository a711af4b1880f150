//! The `if` and `limit_except` blocks of a location.

use core::ptr::NonNull;

use crate::conf::{EnableOrigin, LocConf};

impl LocConf {
    /// Notes a block of this location if it is an `if` that enables PTA, or a `limit_except`. nginx
    /// does not evaluate `if` for the methods of a `limit_except`, so assume that it matches, unless
    /// the `limit_except` has a `pta_enable` itself.
    ///
    /// # Safety
    ///
    /// `this` must be a block of this location that has been merged. There must be no other
    /// reference to it.
    pub(crate) unsafe fn note_block(&self, this: NonNull<Self>) {
        // SAFETY: by this function's contract.
        let block = unsafe { this.as_ref() };
        if block.is_enabling_if() {
            self.extras().enabling_if.set(Some(this));
            self.is_watched.set(true);
        }
        if block.merged.is_limit_except {
            self.extras().limit_except.set(Some(this));
        }
        if let (Some(enabling), Some(mut limit_except)) = (self.enabling_if(), self.limit_except()) {
            // SAFETY: nginx made it in the same pool as this one, and it is not the `if` block.
            // While nginx merges blocks, there is no other reference to it.
            let limit_except = unsafe { limit_except.as_mut() };
            if !limit_except.is_enable_written() {
                limit_except.ring.clone_from(&enabling.ring);
                limit_except.is_watched.set(true);
            }
        }
    }

    /// An `if` block of this location that enables PTA, while the location itself does not.
    pub(crate) fn enabling_if(&self) -> Option<&Self> {
        if self.ring.is_some() {
            return None;
        }
        // SAFETY: nginx made the block's configuration in the same pool as this one, and never
        // moves it.
        self.extras.get()?.enabling_if.get().map(|block| unsafe { block.as_ref() })
    }

    /// Whether the location, or a block in it, protects some requests.
    pub(crate) fn protects(&self) -> bool {
        // SAFETY: as for `enabling_if`.
        let limit_except = self.limit_except().map(|block| unsafe { block.as_ref() });
        self.is_watched() || limit_except.is_some_and(Self::is_watched)
    }

    fn limit_except(&self) -> Option<NonNull<Self>> {
        self.extras.get()?.limit_except.get()
    }

    /// Whether this is an `if` block that enables PTA.
    fn is_enabling_if(&self) -> bool {
        self.enable_origin == EnableOrigin::IfBlock && self.ring.is_some()
    }
}
