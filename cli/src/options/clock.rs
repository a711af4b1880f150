//! The current time of a command, or that of `--now`.

use clap::{Args, ValueHint};
use jiff::Timestamp;

use crate::failure::Failure;
use crate::text::expiry;

#[derive(Args)]
pub(crate) struct Clock {
    /// Use this as the current time: a date, Unix seconds, or +1h (in an hour)
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_hint = ValueHint::Other)]
    now: Option<String>,
}

impl Clock {
    /// Unix time in seconds.
    pub(crate) fn now(&self) -> Result<i64, Failure> {
        let now = Timestamp::now().as_second();
        match &self.now {
            Some(text) => expiry::parse(text, now).map_err(|error| Failure::Usage(format!("--now: {error}"))),
            None => Ok(now),
        }
    }
}
