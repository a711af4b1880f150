//! How a level takes over what it does not set itself.

/// Inherits a value that is not set.
pub(crate) fn inherit<T: Clone>(slot: &mut Option<T>, parent: Option<&T>) {
    if slot.is_none() {
        *slot = parent.cloned();
    }
}
