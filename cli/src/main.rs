//! The pta command: issues and inspects PTA tokens.
//!
//! Exit status: 0 fine, 1 a token that is no good, 2 wrong usage.

mod expiry;
mod inspect;
mod issue;
mod keys;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

/// Issues and inspects PTA tokens for nginx.
#[derive(Parser)]
#[command(name = "pta", version, disable_help_subcommand = true)]
enum Command {
    Issue(issue::Arguments),
    Inspect(inspect::Arguments),
}

/// Why the command did not do what it was asked for.
#[derive(Debug)]
enum Failure {
    /// The arguments make no sense: exit status 2.
    Usage(String),
    /// The token is no good: exit status 1.
    Token(String),
    /// The output went nowhere: exit status 1.
    Output(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

fn main() -> ExitCode {
    let command = match Command::try_parse() {
        Ok(command) => command,
        Err(error) if !error.use_stderr() => {
            // --help and --version
            return match error.print() {
                Ok(()) => ExitCode::SUCCESS,
                Err(_) => ExitCode::FAILURE,
            };
        }
        Err(error) if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            return fail(&Failure::Usage("a command is needed".to_owned()));
        }
        Err(error) => return fail(&Failure::Usage(one_line(&error))),
    };
    let mut output = io::stdout().lock();
    let result = match command {
        Command::Issue(arguments) => issue::run(&arguments, &mut output),
        Command::Inspect(arguments) => inspect::run(&arguments, &mut output),
    };
    match result.and_then(|()| Ok(output.flush()?)) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader of a pipe has seen enough.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => fail(&failure),
    }
}

fn fail(failure: &Failure) -> ExitCode {
    let (message, status) = match failure {
        Failure::Usage(message) => (format!("{message} (see pta --help)"), 2),
        Failure::Token(message) => (message.clone(), 1),
        Failure::Output(error) => (format!("cannot write the output: {error}"), 1),
    };
    // Nobody is left to tell when stderr is closed.
    let _ = writeln!(io::stderr(), "pta: {message}");
    ExitCode::from(status)
}

/// clap's message without its prefix, usage and hints.
fn one_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let message: Vec<&str> = text.lines().take_while(|line| !line.trim().is_empty()).map(str::trim).collect();
    let message = message.join(" ");
    message.strip_prefix("error: ").unwrap_or(&message).to_owned()
}
