//! `pta completions`: completion scripts for shells.

use std::io::Write;

use clap::Args;
use clap_complete::Shell;

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

pub(crate) fn run(
    arguments: &Arguments,
    command: clap::Command,
    output: &mut impl Write,
) -> Result<(), Failure> {
    output.write_all(&script(arguments.shell, command))?;
    Ok(())
}

/// Generates into memory: the generator panics if it writes to a closed pipe.
pub(super) fn script(shell: Shell, mut command: clap::Command) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "pta", &mut script);
    script
}
