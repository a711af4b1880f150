//! A `pta_accel_redirect` of the configuration.

use core::cell::Cell;

use pta_token::PathPattern;

use crate::nginx::conf::{Conf, Logged, log};
use crate::nginx::source_line::SourceLine;

/// A `pta_accel_redirect` as written in the configuration. The levels below share it.
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

    /// Notes that it applies to a protected location.
    pub(crate) fn note_use(&self) {
        self.is_used.set(true);
    }

    /// Without protection there is no token to follow, and the location is open.
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

/// Whether nginx can redirect to the path of a token: it must be a single path, without NUL, `.`
/// and `..`.
pub(crate) fn is_target(path: &PathPattern<'_>) -> bool {
    let text = path.as_bytes();
    !path.is_wildcard()
        && !text.contains(&0)
        && !text.split(|&byte| byte == b'/').any(|segment| segment == b"." || segment == b"..")
}
