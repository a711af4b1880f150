//! The commands of `pta`.

mod completions;
mod fields;
mod help;
mod inspect;
mod issue;
mod keygen;
mod man;
mod rotate;
pub(crate) mod usage;
mod verify;

use std::io::Write;

use clap::{CommandFactory, Parser};

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

Exit status: 0 success, 1 not valid, 2 wrong usage."
)]
pub(crate) enum Command {
    Keygen(keygen::Arguments),
    Rotate(rotate::Arguments),
    Issue(issue::Arguments),
    Inspect(inspect::Arguments),
    Verify(verify::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
    Help(help::Arguments),
}

impl Command {
    /// Whether the exit status says what was done or found, even if the output cannot be written.
    pub(crate) fn answers_by_status(&self) -> bool {
        match self {
            Self::Rotate(_) => true,
            Self::Verify(arguments) => !arguments.is_batch(),
            _ => false,
        }
    }

    pub(crate) fn run(&self, output: &mut impl Write) -> Result<(), Failure> {
        match self {
            Self::Keygen(arguments) => keygen::run(arguments, output),
            Self::Rotate(arguments) => rotate::run(arguments, output),
            Self::Issue(arguments) => issue::run(arguments, output),
            Self::Inspect(arguments) => inspect::run(arguments, output),
            Self::Verify(arguments) => verify::run(arguments, output),
            Self::Completions(arguments) => completions::run(arguments, Self::command(), output),
            Self::Man(arguments) => man::run(arguments, Self::command(), output),
            Self::Help(arguments) => help::run(arguments, Self::command(), output),
        }
    }
}

#[cfg(test)]
mod tests;
