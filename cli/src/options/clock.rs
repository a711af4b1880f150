//! The time from which a command counts.

use clap::Args;
use jiff::Timestamp;

use crate::failure::Failure;
use crate::text::expiry;

#[derive(Args)]
pub(crate) struct Clock {
    /// Pretend that it is this time now: a date, Unix seconds, or +1h for in an hour
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
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
