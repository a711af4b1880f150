//! The time from which a command counts.

use clap::Args;
use jiff::Timestamp;

use crate::expiry;
use crate::failure::Failure;

#[derive(Args)]
pub(crate) struct Clock {
    /// Pretend that it is this time now: a date, Unix seconds, or +1h for in an hour
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    now: Option<String>,
}

impl Clock {
    pub(crate) fn now(&self) -> Result<Timestamp, Failure> {
        let Some(text) = &self.now else { return Ok(Timestamp::now()) };
        let seconds = expiry::parse(text, Timestamp::now())
            .map_err(|error| Failure::Usage(format!("--now: {error}")))?;
        Timestamp::from_second(seconds)
            .map_err(|_| Failure::Usage(format!("--now: \"{text}\" is beyond the calendar")))
    }
}
