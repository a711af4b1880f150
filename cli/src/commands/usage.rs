//! Messages about wrong usage.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::help::COMMANDS;

/// clap's message in one line, without prefix and usage, and with a suggestion.
pub(crate) fn one_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let message: Vec<&str> = text.lines().take_while(|line| !line.trim().is_empty()).map(str::trim).collect();
    let message = message.join(" ");
    let message = message.strip_prefix("error: ").unwrap_or(&message);
    // clap names one of the options that will do.
    let message = match error.kind() {
        ErrorKind::MissingRequiredArgument => {
            message.replace("--path <PATH>", "--path <PATH> or --url <URL>")
        }
        _ => message.to_owned(),
    };
    match suggestion(error) {
        Some(word) => format!("{message}, did you mean '{word}'?"),
        None => message,
    }
}

/// The nearest valid word.
fn suggestion(error: &clap::Error) -> Option<&str> {
    let kinds = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    kinds.into_iter().find_map(|kind| match error.get(kind)? {
        ContextValue::String(word) => Some(word.as_str()),
        // The best suggestion is the last one.
        ContextValue::Strings(words) => words.last().map(String::as_str),
        _ => None,
    })
}

/// The help option that fits the command line.
pub(crate) fn help_option(arguments: &[OsString]) -> String {
    let command = COMMANDS.into_iter().find(|command| arguments.get(1).is_some_and(|first| first == command));
    command.map_or_else(|| "pta --help".to_owned(), |command| format!("pta {command} --help"))
}
