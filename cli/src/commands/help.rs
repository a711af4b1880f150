//! `pta help`.

use std::io::Write;

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::failure::Failure;

/// All commands. A test compares them with those of clap.
pub(super) const COMMANDS: [&str; 8] =
    ["keygen", "rotate", "issue", "inspect", "verify", "completions", "man", "help"];

/// Explain a command, or list all commands.
#[derive(Args)]
#[command(after_help = "\
Examples:
  pta help
  pta help issue")]
pub(crate) struct Arguments {
    /// The command
    #[arg(
        value_name = "COMMAND",
        hide_possible_values = true,
        value_parser = PossibleValuesParser::new(COMMANDS)
    )]
    command: Option<String>,
}

pub(crate) fn run(
    arguments: &Arguments,
    command: clap::Command,
    output: &mut impl Write,
) -> Result<(), Failure> {
    // The same text as --help.
    let words = ["pta"].into_iter().chain(arguments.command.as_deref()).chain(["--help"]);
    match command.try_get_matches_from(words) {
        Err(help) => write!(output, "{}", help.render())?,
        Ok(_) => return Err(Failure::Usage("there is no help".to_owned())),
    }
    Ok(())
}
