//! `pta rotate`: brings the 2nd pair into use.

mod exchange;
mod folder;
mod replace;
mod state;
mod steps;

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::failure::Failure;
use exchange::Exchanged;
use folder::Folder;

/// Exchange the two key pairs, or finish a rotation
///
/// The 2nd pair becomes the 1st, which new links are made with, and the 1st becomes the 2nd. Every
/// instance of nginx knows both pairs, so no link is refused. When the last link of the old pair
/// has expired, --finish replaces that pair with a fresh one for the next rotation. Each command
/// prints what to do next. If a run is interrupted, the next run continues it or takes it back.
#[derive(Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  pta rotate --files /etc/nginx/keys
  pta rotate --files /etc/nginx/keys --finish"
)]
pub(crate) struct Arguments {
    /// The folder with 1st.pair and 2nd.pair, as made by pta keygen --files
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    files: PathBuf,

    /// Replace the old pair after its last link has expired
    #[arg(long)]
    finish: bool,
}

pub(crate) fn run(arguments: &Arguments, output: &mut impl Write) -> Result<(), Failure> {
    let folder = Folder::lock(&arguments.files)?;
    let dir = arguments.files.display();
    if arguments.finish {
        steps::finish(&folder)?;
        write!(
            output,
            "The old pair is gone: 2nd.pair is a fresh one now.\n\
             Next: copy 2nd.pair to every instance that has files of its own, and reload every instance (nginx -s reload).\n\
             After that, the next rotation may begin: pta rotate --files {dir}\n"
        )?;
        return Ok(());
    }
    match steps::rotate(&folder)? {
        Exchanged::Yes => {
            write!(
                output,
                "1st.pair is the new pair now, 2nd.pair the old one.\n\
                 Next: copy both files to every instance that has files of its own, and reload every instance (nginx -s reload).\n\
                 Make new links with 1st.pair. When the last link of the old pair has expired: pta rotate --files {dir} --finish\n"
            )?;
            Ok(())
        }
        Exchanged::TakenBack => {
            write!(
                output,
                "An interrupted rotation was taken back: 1st.pair and 2nd.pair are as they were before it.\n\
                 Next: reload every instance (nginx -s reload). After that: pta rotate --files {dir}\n"
            )?;
            Err(Failure::Refused)
        }
    }
}
