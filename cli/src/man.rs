//! `pta man`: manual pages.

use std::io::Write;
use std::path::PathBuf;
use std::{fs, io};

use clap::{Args, CommandFactory};
use clap_mangen::Man;

use crate::Command;
use crate::failure::Failure;
use crate::reason::Reason;

/// Print the manual page, or write those of all commands to a folder.
#[derive(Args)]
#[command(after_help = "\
Examples:
  pta man | man -l -                            # read it
  pta man /usr/local/share/man/man1             # install pta.1, pta-issue.1, ...")]
pub(crate) struct Arguments {
    /// The folder for the pages, made if missing; without it, pta.1 goes to standard output
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, output: &mut impl Write) -> Result<(), Failure> {
    let command = Command::command();
    match &arguments.folder {
        None => {
            let mut page = Vec::new();
            Man::new(command).render(&mut page)?;
            output.write_all(&page)?;
            Ok(())
        }
        Some(folder) => {
            let refuse = |error: io::Error| {
                Failure::Source(format!(
                    "cannot write manual pages to \"{}\": {}",
                    folder.display(),
                    Reason(&error)
                ))
            };
            fs::create_dir_all(folder).map_err(refuse)?;
            clap_mangen::generate_to(command, folder).map_err(refuse)
        }
    }
}
