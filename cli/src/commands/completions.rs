//! `pta completions`: completion scripts for shells.

use std::io::Write;

use clap::Args;
use clap::builder::PossibleValue;
use clap_complete::Shell;

use crate::failure::Failure;

/// Print the completion script of a shell.
#[derive(Args)]
#[command(after_help = "\
Examples, for all users:
  pta completions bash > /usr/local/share/bash-completion/completions/pta
  pta completions zsh > /usr/local/share/zsh/site-functions/_pta
  pta completions fish > /etc/fish/completions/pta.fish")]
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
    if shell == Shell::Fish {
        script.extend(fish_words(&command).into_bytes());
    }
    script
}

/// clap_complete leaves out the words that an argument without an option takes.
fn fish_words(pta: &clap::Command) -> String {
    let mut lines = String::new();
    for command in pta.get_subcommands() {
        let name = command.get_name();
        for argument in command.get_positionals() {
            let words = argument.get_possible_values();
            let words: Vec<&str> = words.iter().map(PossibleValue::get_name).collect();
            if !words.is_empty() {
                let condition = format!("__fish_pta_using_subcommand {name}");
                let words = words.join(" ");
                lines += &["complete -c pta -n \"", &condition, "\" -f -a \"", &words, "\"\n"].concat();
            }
        }
    }
    lines
}
