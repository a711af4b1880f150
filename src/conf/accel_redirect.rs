//! `pta_accel_redirect` in the configuration.

use core::cell::Cell;

use crate::nginx::conf::{Conf, Logged, log};
use crate::nginx::source_line::SourceLine;

/// A `pta_accel_redirect` that is written in the configuration. All blocks that inherit it share
/// it.
pub(crate) struct WrittenRedirect {
    is_on: bool,
    /// Whether it applies to a protected location, or to an `if` block that enables PTA.
    is_used: Cell<bool>,
    place: SourceLine,
}

impl WrittenRedirect {
    pub(crate) fn new(is_on: bool, place: SourceLine) -> Self {
        Self { is_on, is_used: Cell::new(false), place }
    }

    #[inline]
    pub(crate) fn is_on(&self) -> bool {
        self.is_on
    }

    pub(crate) fn place(&self) -> SourceLine {
        self.place
    }

    /// Notes that it applies to a protected location.
    pub(crate) fn note_use(&self) {
        self.is_used.set(true);
    }

    /// An error if it applies to no protected location. Such a location checks no token, so it
    /// would be open.
    pub(crate) fn refuse_unused(&self, cf: Conf<'_>) -> Result<(), Logged> {
        if self.is_used.get() {
            return Ok(());
        }
        let place = self.place;
        Err(log(
            cf,
            format_args!("\"pta_accel_redirect on\" has no effect without \"pta_enable on\" in {place}"),
        ))
    }
}
