//! The pta command: makes keys, issues, inspects and verifies PTA tokens.
//!
//! Exit status: 0 fine, 1 a token that is no good, 2 wrong usage.

mod batch;
mod batch_warnings;
mod clock;
mod completions;
mod cookie;
mod expiry;
mod failure;
mod fields;
mod given;
mod help;
mod host;
mod inspect;
mod issue;
mod key_file;
mod keygen;
mod keys;
mod man;
mod name;
mod nginx_conf;
mod nginx_path;
mod pair_file;
mod path_advice;
mod printable;
mod progress;
mod reason;
mod rotate;
mod span;
mod star;
mod url;
mod verify;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use crate::failure::Failure;

/// Makes keys, issues, inspects and verifies PTA tokens for nginx.
#[derive(Parser)]
#[command(
    name = "pta",
    version,
    disable_help_subcommand = true,
    after_help = "\
`pta help COMMAND` explains a command and has examples.",
    after_long_help = "\
From nothing to a working link:
  pta keygen --files /etc/nginx/keys          # prints two lines for the server block in nginx.conf
  nginx -s reload
  pta issue --config /etc/nginx/nginx.conf --expires +1h --url https://example.com/video/1.mp4

`pta help COMMAND` explains a command and has examples.

Exit status: 0 fine, 1 not valid, 2 wrong usage."
)]
enum Command {
    Keygen(keygen::Arguments),
    Rotate(rotate::Arguments),
    Issue(issue::Arguments),
    Inspect(inspect::Arguments),
    Verify(verify::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
    Help(help::Arguments),
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
            help::print_short();
            return ExitCode::from(failure::WRONG_USAGE);
        }
        Err(error) => return Failure::Usage(help::one_line(&error)).report(),
    };
    let mut output = io::stdout().lock();
    let result = match command {
        Command::Keygen(arguments) => keygen::run(&arguments, &mut output),
        Command::Rotate(arguments) => rotate::run(&arguments, &mut output),
        Command::Issue(arguments) => issue::run(&arguments, &mut output),
        Command::Inspect(arguments) => inspect::run(&arguments, &mut output),
        Command::Verify(arguments) => verify::run(&arguments, &mut output),
        Command::Completions(arguments) => completions::run(&arguments, &mut output),
        Command::Man(arguments) => man::run(&arguments, &mut output),
        Command::Help(arguments) => help::run(&arguments, &mut output),
    };
    // What was said before a failure is not lost by it.
    let flushed = output.flush();
    match result.and_then(|()| Ok(flushed?)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
