//! The one argument of its name in a request target, and what is left when it is taken out where it stands.

use crate::query::position_of;

/// An argument that `Argument::is_single` has been told of.
pub(crate) struct Single {
    /// Where its name begins, behind `?` or `&`.
    start: usize,
    end: usize,
}

impl Single {
    /// The argument `name` whose value is `value`, a part of the target's own memory.
    #[inline]
    pub(crate) fn of(value: &[u8], name: &[u8], target: &[u8]) -> Option<Self> {
        let at = position_of(value, target)?;
        let start = at.checked_sub(name.len().saturating_add(b"=".len()))?;
        Some(Self { start, end: at.saturating_add(value.len()) })
    }

    /// What stands before and behind it, without one of the separators beside it.
    #[inline]
    pub(crate) fn around<'t>(&self, target: &'t [u8]) -> (&'t [u8], &'t [u8]) {
        match target.get(self.end.saturating_add(1)..) {
            Some(behind) => (target.get(..self.start).unwrap_or_default(), behind),
            None => (target.get(..self.start.saturating_sub(1)).unwrap_or_default(), &[]),
        }
    }

    /// Whether `args`, which begin at `start` of the target, are its query up to the end, this argument included.
    #[inline]
    pub(crate) fn is_in(&self, start: usize, args: &[u8], target: &[u8]) -> bool {
        start <= self.start && start.saturating_add(args.len()) == target.len()
    }
}
