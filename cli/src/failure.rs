//! Errors of the command, and their exit statuses.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::text::reason::Reason;

pub(crate) const WRONG_USAGE: u8 = 2;

/// The exit status if the reader has closed the pipe: what shells report of a program that SIGPIPE
/// has ended, 128 and the number of the signal.
const CLOSED_PIPE: u8 = 141;

/// Why a command failed.
#[derive(Debug)]
pub enum Failure {
    /// Wrong usage: exit status 2.
    Usage(String),
    /// Keys or a configuration could not be read, or a file could not be made: exit status 2.
    Source(String),
    /// A token or a line of input is not valid: exit status 1.
    Invalid(String),
    /// The verdict is a refusal, which is already printed: exit status 1.
    Refused,
    /// The output could not be written: exit status 1, or 141 if the reader has closed the pipe.
    Output(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl Failure {
    /// Reports the failure in one line and returns the exit status. For wrong usage, the line names
    /// the help option `help`.
    #[must_use]
    pub fn report(&self, help: &str) -> ExitCode {
        let (message, status) = match self {
            Self::Usage(message) => (format!("{message} (see {help})"), WRONG_USAGE),
            Self::Source(message) => (message.clone(), WRONG_USAGE),
            Self::Invalid(message) => (message.clone(), 1),
            Self::Refused => return ExitCode::FAILURE,
            // The reader wanted no more, so there is no message. But not all was written.
            Self::Output(error) if is_closed_pipe(error) => return ExitCode::from(CLOSED_PIPE),
            Self::Output(error) => (format!("cannot write the output: {}", Reason(error)), 1),
        };
        print(&message);
        ExitCode::from(status)
    }
}

fn is_closed_pipe(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}

/// The output of a command whose exit status is the answer, so that it does not matter whether the
/// output can be written. If it cannot, that is a warning, but not if the reader has closed the pipe.
pub(crate) struct Spare<'a, W> {
    output: &'a mut W,
    has_failed: bool,
}

impl<'a, W> Spare<'a, W> {
    pub(crate) fn new(output: &'a mut W) -> Self {
        Self { output, has_failed: false }
    }

    fn fail(&mut self, error: &io::Error) {
        if !self.has_failed && !is_closed_pipe(error) {
            warn(&format!("cannot write the output: {}", Reason(error)));
        }
        self.has_failed = true;
    }
}

impl<W: Write> Write for Spare<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.output.write(bytes) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                self.fail(&error);
                Ok(bytes.len())
            }
            result => result,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        if let Err(error) = self.output.flush() {
            self.fail(&error);
        }
        Ok(())
    }
}

/// Prints a warning.
pub(crate) fn warn(message: &str) {
    print(&format!("warning: {message}"));
}

fn print(message: &str) {
    // If stderr is closed, the error cannot be reported.
    let _ = writeln!(io::stderr(), "pta: {message}");
}
