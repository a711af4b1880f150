//! Errors of the command, and their exit statuses.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::text::reason::Reason;

pub(crate) const WRONG_USAGE: u8 = 2;

/// Why a command failed.
#[derive(Debug)]
pub enum Failure {
    /// The arguments make no sense: exit status 2.
    Usage(String),
    /// Keys or a configuration that cannot be had, or a file that cannot be made: exit status 2.
    Source(String),
    /// A token, or a line of input, that is no good: exit status 1.
    Invalid(String),
    /// The answer is "no", and the output has said it: exit status 1.
    Refused,
    /// The output went nowhere: exit status 1.
    Output(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl Failure {
    /// Reports it in one line and returns the exit status. `help` is the help option to name beside wrong usage.
    #[must_use]
    pub fn report(&self, help: &str) -> ExitCode {
        let (message, status) = match self {
            Self::Usage(message) => (format!("{message} (see {help})"), WRONG_USAGE),
            Self::Source(message) => (message.clone(), WRONG_USAGE),
            Self::Invalid(message) => (message.clone(), 1),
            Self::Refused => return ExitCode::FAILURE,
            // The reader of a pipe has seen enough.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => return ExitCode::SUCCESS,
            Self::Output(error) => (format!("cannot write the output: {}", Reason(error)), 1),
        };
        tell(&message);
        ExitCode::from(status)
    }
}

/// Says something that stops nothing.
pub(crate) fn warn(message: &str) {
    tell(&format!("warning: {message}"));
}

fn tell(message: &str) {
    // If stderr is closed, the error cannot be reported.
    let _ = writeln!(io::stderr(), "pta: {message}");
}
