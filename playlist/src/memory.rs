//! Growing without aborting: a failed allocation is an error.

use crate::stop::Stop;

/// Appends one item.
#[inline]
pub(crate) fn push<T>(list: &mut Vec<T>, item: T) -> Result<(), Stop> {
    if list.len() == list.capacity() {
        grow(list, 1)?;
    }
    list.push(item);
    Ok(())
}

/// Appends bytes.
#[inline]
pub(crate) fn extend(text: &mut Vec<u8>, bytes: &[u8]) -> Result<(), Stop> {
    grow(text, bytes.len())?;
    text.extend_from_slice(bytes);
    Ok(())
}

/// A copy of `bytes`.
pub(crate) fn copy(bytes: &[u8]) -> Result<Vec<u8>, Stop> {
    let mut text = Vec::new();
    text.try_reserve_exact(bytes.len()).map_err(|_| Stop::OutOfMemory)?;
    text.extend_from_slice(bytes);
    Ok(text)
}

/// Makes room for `more` items.
#[inline]
pub(crate) fn grow<T>(list: &mut Vec<T>, more: usize) -> Result<(), Stop> {
    list.try_reserve(more).map_err(|_| Stop::OutOfMemory)
}
