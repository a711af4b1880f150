//! Inheritance of one value.

/// Takes the value of the parent block if this block sets none.
pub(crate) fn inherit<T: Clone>(slot: &mut Option<T>, parent: Option<&T>) {
    if slot.is_none() {
        *slot = parent.cloned();
    }
}
