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
    // By way of memory: the generator would panic where a pipe is closed.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Command::command(), "pta", &mut script);
    output.write_all(&script)?;
    Ok(())
}
