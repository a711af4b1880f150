//! `pta help`, and the hints at help in errors.

use std::env;
use std::ffi::OsStr;
use std::io::{self, Write};

use clap::builder::PossibleValuesParser;
use clap::error::{ContextKind, ContextValue};
use clap::{Args, CommandFactory};

use crate::Command;
use crate::failure::Failure;

/// The commands that there are; a test compares them with those that clap knows.
const COMMANDS: [&str; 8] = ["keygen", "rotate", "issue", "inspect", "verify", "completions", "man", "help"];

/// Explain a command, or all in short.
#[derive(Args)]
#[command(after_help = "\
Examples:
  pta help
  pta help issue")]
pub(crate) struct Arguments {
    /// The command
    #[arg(value_name = "COMMAND", hide_possible_values = true, value_parser = PossibleValuesParser::new(COMMANDS))]
    command: Option<String>,
}

pub(crate) fn run(arguments: &Arguments, output: &mut impl Write) -> Result<(), Failure> {
    // The same text as --help.
    let words = ["pta"].into_iter().chain(arguments.command.as_deref()).chain(["--help"]);
    match Command::command().try_get_matches_from(words) {
        Err(help) => write!(output, "{}", help.render())?,
        Ok(_) => return Err(Failure::Usage("there is no help".to_owned())),
    }
    Ok(())
}

/// The short help, on standard error, so that a broken script does not use it as a token.
pub(crate) fn print_short() {
    let _ = write!(io::stderr(), "{}", Command::command().render_help());
}

/// The help option that fits the command line.
pub(crate) fn named() -> String {
    // Arguments need not be UTF-8.
    let first = env::args_os().nth(1);
    let command = COMMANDS.into_iter().find(|command| first.as_deref() == Some(OsStr::new(command)));
    command.map_or_else(|| "pta --help".to_owned(), |command| format!("pta {command} --help"))
}

/// clap's message in one line, without its prefix and usage, with a suggestion.
pub(crate) fn one_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let message: Vec<&str> = text.lines().take_while(|line| !line.trim().is_empty()).map(str::trim).collect();
    let message = message.join(" ");
    let message = message.strip_prefix("error: ").unwrap_or(&message);
    match meant(error) {
        Some(meant) => format!("{message}, did you mean '{meant}'?"),
        None => message.to_owned(),
    }
}

/// The nearest valid word.
fn meant(error: &clap::Error) -> Option<&str> {
    let kinds = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    kinds.into_iter().find_map(|kind| match error.get(kind)? {
        ContextValue::String(word) => Some(word.as_str()),
        // The best comes last.
        ContextValue::Strings(words) => words.last().map(String::as_str),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_commands_can_be_explained() {
        let command = Command::command();
        let names: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
        assert_eq!(names, COMMANDS);
    }
}
