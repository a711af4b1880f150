//! The library behind the `pta` command, which makes keys, issues, inspects and verifies PTA
//! tokens.
//!
//! Exit status: 0 success, 1 a token that is not valid, 2 wrong usage.
//!
//! The rooms, from top to bottom. Each imports only from rooms to its right:
//!
//! Arrows: lib -> commands -> options -> {batch, nginx_conf} -> keys -> link -> failure -> text

mod batch;
mod commands;
mod failure;
mod keys;
pub mod link;
pub mod nginx_conf;
mod options;
mod text;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use crate::commands::{Command, usage};
pub use crate::failure::Failure;
use crate::failure::Spare;

/// Runs the command line `arguments`, whose first word is the name of the program.
///
/// # Errors
///
/// A [`Failure`], which the caller reports.
pub fn run(arguments: &[OsString], output: &mut impl Write) -> Result<ExitCode, Failure> {
    let command = match Command::try_parse_from(arguments) {
        Ok(command) => command,
        Err(error) if !error.use_stderr() => {
            // --help and --version
            error.print()?;
            return Ok(ExitCode::SUCCESS);
        }
        Err(error) if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            // On standard error, so that a broken script does not use it as a token.
            let _ = write!(io::stderr(), "{}", Command::command().render_help());
            return Ok(ExitCode::from(failure::WRONG_USAGE));
        }
        Err(error) => return Err(Failure::Usage(usage::one_line(&error))),
    };
    if command.answers_by_status() {
        run_command(&command, &mut Spare::new(output))?;
    } else {
        run_command(&command, output)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn run_command(command: &Command, output: &mut impl Write) -> Result<(), Failure> {
    let result = command.run(output);
    // Also write the output that comes before a failure.
    let flushed = output.flush();
    result?;
    Ok(flushed?)
}

/// The help option that fits the command line, for messages about wrong usage.
#[must_use]
pub fn help_option(arguments: &[OsString]) -> String {
    usage::help_option(arguments)
}
