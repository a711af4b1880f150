//! `pta man`: manual pages.
//!
//! Names, descriptions and options are generated from the command line. The other sections are
//! written by hand, in the folder `man`.

use std::io::Write;
use std::path::PathBuf;
use std::{fs, io};

use clap::{Args, ValueHint};
use clap_mangen::Man;

use crate::failure::Failure;
use crate::text::reason::Reason;

/// Print the manual page, or write those of all commands to a folder.
#[derive(Args)]
#[command(after_help = "\
Examples:
  pta man | man -l -                            # read it
  pta man /usr/local/share/man/man1             # install pta.1, pta-issue.1, ...")]
pub(crate) struct Arguments {
    /// The folder for the pages, made if missing; without it, pta.1 goes to standard output
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    folder: Option<PathBuf>,
}

/// The sections written by hand, with the name of their page.
pub(super) const WRITTEN: [(&str, &str); 9] = [
    ("pta", include_str!("../../man/pta.roff")),
    ("pta-keygen", include_str!("../../man/pta-keygen.roff")),
    ("pta-rotate", include_str!("../../man/pta-rotate.roff")),
    ("pta-issue", include_str!("../../man/pta-issue.roff")),
    ("pta-inspect", include_str!("../../man/pta-inspect.roff")),
    ("pta-verify", include_str!("../../man/pta-verify.roff")),
    ("pta-completions", include_str!("../../man/pta-completions.roff")),
    ("pta-man", include_str!("../../man/pta-man.roff")),
    ("pta-help", include_str!("../../man/pta-help.roff")),
];

pub(crate) fn run(
    arguments: &Arguments,
    command: clap::Command,
    output: &mut impl Write,
) -> Result<(), Failure> {
    let pages = pages(command)?;
    let Some(folder) = &arguments.folder else {
        let (_, page) = pages.first().ok_or_else(|| Failure::Usage("there is no page".to_owned()))?;
        return Ok(output.write_all(page)?);
    };
    let refuse = |error: io::Error| {
        Failure::Source(format!("cannot write manual pages to \"{}\": {}", folder.display(), Reason(&error)))
    };
    fs::create_dir_all(folder).map_err(refuse)?;
    for (name, page) in pages {
        fs::write(folder.join(format!("{name}.1")), page).map_err(refuse)?;
    }
    Ok(())
}

/// The pages with their names. The page of `pta` is the first.
pub(super) fn pages(mut pta: clap::Command) -> io::Result<Vec<(String, Vec<u8>)>> {
    pta.build();
    let version = pta.get_version().unwrap_or_default().to_owned();
    let commands: Vec<clap::Command> = pta.get_subcommands().cloned().collect();
    [pta].into_iter().chain(commands).map(|command| page(command, &version)).collect()
}

fn page(command: clap::Command, version: &str) -> io::Result<(String, Vec<u8>)> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
    let has_commands = command.has_subcommands();
    let man = Man::new(command).source(format!("PTA for nginx {version}")).manual("PTA for nginx");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if has_commands {
        man.render_subcommands_section(&mut page)?;
    }
    let (_, written) = WRITTEN
        .iter()
        .find(|(own, _)| *own == name)
        .ok_or_else(|| io::Error::other(format!("nothing is written for {name}")))?;
    page.extend_from_slice(written.as_bytes());
    Ok((name, page))
}
