//! The expiry of tokens that `pta issue` makes.

use crate::failure::Failure;
use crate::options::clock::Clock;
use crate::text::expiry::{self, Expiry};

/// 2001-09-09. A smaller number of seconds is probably a length of time, not a date.
const FIRST_PLAUSIBLE_TIME: i64 = 1_000_000_000;

/// Parses times of expiry.
pub(super) struct Times {
    pub(super) now: i64,
    /// The seconds of `--align`.
    step: Option<i64>,
}

impl Times {
    pub(super) fn new(clock: &Clock, align: Option<&str>) -> Result<Self, Failure> {
        let step = match align {
            None => None,
            Some(text) => Some(expiry::seconds(text).filter(|&step| step > 0).ok_or_else(|| {
                Failure::Usage(format!(
                    "--align: \"{text}\" must be a length of time of a second or more (30s, 5m, 1h)"
                ))
            })?),
        };
        Ok(Self { now: clock.now()?, step })
    }

    pub(super) fn expiry(&self, text: &str) -> Result<i64, String> {
        let expires = expiry::parse(text, self.now).map_err(|error| error.to_string())?;
        let Some(step) = self.step else { return Ok(expires) };
        expiry::align(expires, step)
            .filter(|&aligned| aligned <= expiry::LAST)
            .ok_or_else(|| format!("\"{text}\" rounded up is later than the year 9999 ({})", expiry::LAST))
    }

    /// A warning if the time is in the past.
    pub(super) fn past(&self, text: &str, expires: i64) -> Option<String> {
        if expires >= self.now {
            return None;
        }
        let seconds = text.parse::<i64>().ok();
        Some(match seconds {
            Some(seconds) if (1..FIRST_PLAUSIBLE_TIME).contains(&seconds) => {
                format!("{} is in the past: did you mean +{seconds}s?", Expiry(expires))
            }
            _ => format!("{} is in the past", Expiry(expires)),
        })
    }
}
