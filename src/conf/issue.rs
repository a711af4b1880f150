//! `pta_issue` in the configuration.

use core::cell::Cell;
use core::num::NonZeroU32;

use crate::conf::bind::BoundValues;
use crate::nginx::complex_value::ComplexValue;
use crate::nginx::source_line::SourceLine;

/// The `pta_issue` of a location.
pub(crate) enum IssueConf {
    Off,
    Token(TokenConf),
}

impl IssueConf {
    pub(crate) fn token(&self) -> Option<&TokenConf> {
        match self {
            Self::Off => None,
            Self::Token(token) => Some(token),
        }
    }
}

/// How issued tokens are sealed, if their pair has a seal key.
#[derive(Default)]
pub(crate) struct IssuedSeal {
    pub(super) values: BoundValues,
    /// Whether each token gets a nonce, so that not two are equal.
    pub(super) once: bool,
}

impl IssuedSeal {
    /// The values that the seal is bound to.
    pub(crate) fn values(&self) -> &BoundValues {
        &self.values
    }

    pub(crate) fn has_nonce(&self) -> bool {
        self.once
    }

    /// The parameter that has no effect without a seal key, if one is written.
    pub(crate) fn parameter(&self) -> Option<&'static str> {
        if self.values.len() > 0 { Some("bind") } else { self.once.then_some("once") }
    }
}

/// The tokens that a location issues.
pub(crate) struct TokenConf {
    /// The path up to the wildcard, or all of it.
    prefix: ComplexValue,
    /// The path after the wildcard, if there is one.
    suffix: Option<ComplexValue>,
    /// In seconds.
    lifetime: u32,
    /// In seconds. The expiry is rounded up to a multiple of it.
    step: Option<NonZeroU32>,
    seal: IssuedSeal,
    place: SourceLine,
    warned_of_step: Cell<bool>,
}

impl TokenConf {
    pub(crate) fn new(
        prefix: ComplexValue,
        suffix: Option<ComplexValue>,
        lifetime: u32,
        step: Option<NonZeroU32>,
        seal: IssuedSeal,
        place: SourceLine,
    ) -> Self {
        Self { prefix, suffix, lifetime, step, seal, place, warned_of_step: Cell::new(false) }
    }

    /// The path up to the wildcard, or all of it.
    pub(crate) fn prefix(&self) -> ComplexValue {
        self.prefix
    }

    /// The path after the wildcard, if there is one.
    pub(crate) fn suffix(&self) -> Option<ComplexValue> {
        self.suffix
    }

    /// The expiry of a token that is made `now`. The lifetime is a minimum.
    pub(crate) fn expires_at(&self, now: i64) -> i64 {
        let expires = now.saturating_add(i64::from(self.lifetime));
        self.step.map_or(expires, |step| round_up(expires, step))
    }

    /// Whether each token has an expiry of its own. True only once, for a warning.
    pub(crate) fn needs_warning_of_step(&self) -> bool {
        self.step.is_none() && !self.warned_of_step.replace(true)
    }

    pub(crate) fn seal(&self) -> &IssuedSeal {
        &self.seal
    }

    pub(crate) fn place(&self) -> SourceLine {
        self.place
    }
}

fn round_up(time: i64, step: NonZeroU32) -> i64 {
    let step = i64::from(step.get());
    match time.checked_rem_euclid(step) {
        None | Some(0) => time,
        Some(over) => time.saturating_add(step.saturating_sub(over)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_rounded_up_to_the_next_multiple() {
        for (time, step, expected) in [
            (3600, 60, 3600),
            (3601, 60, 3660),
            (3659, 60, 3660),
            (3660, 1, 3660),
            (1, 4_294_967_295, 4_294_967_295),
            (-61, 60, -60),
            (i64::MAX, 60, i64::MAX),
        ] {
            assert_eq!(round_up(time, NonZeroU32::new(step).unwrap()), expected, "{time} by {step}");
        }
    }
}
