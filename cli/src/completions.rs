//! `pta completions`: completion scripts for shells.

use std::io::Write;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::Command;
use crate::failure::Failure;

/// Print the completion script of a shell.
#[derive(Args)]
#[command(after_help = "\
Examples:
  pta completions bash > /etc/bash_completion.d/pta
  pta completions zsh > \"${fpath[1]}/_pta\"
  pta completions fish > ~/.config/fish/completions/pta.fish")]
pub(crate) struct Arguments {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub(crate) fn run(arguments: &Arguments, output: &mut impl Write) -> Result<(), Failure> {
    output.write_all(&script(arguments.shell))?;
    Ok(())
}

/// Generates into memory first: the generator would panic if the pipe is closed.
fn script(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Command::command(), "pta", &mut script);
    script
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn every_shell_completes_every_option() {
        for shell in Shell::value_variants() {
            let script = String::from_utf8(script(*shell)).unwrap();
            for command in Command::command().get_subcommands() {
                for option in command.get_arguments().filter_map(clap::Arg::get_long) {
                    assert!(script.contains(option), "{shell}: {} --{option}", command.get_name());
                }
            }
        }
    }
}
