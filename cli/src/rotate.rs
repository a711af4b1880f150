//! `pta rotate`: brings the 2nd pair into use.

mod exchange;
mod replace;
mod state;

use std::fs::{File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::failure::Failure;
use crate::keygen;
use crate::keys::PairName;
use crate::pair_file::PairFile;
use crate::reason::Reason;
use exchange::Exchanged;
use state::{Fingerprint, Rotation, State};

/// Exchange the two pairs, or finish that.
///
/// The 2nd pair becomes the 1st, the one that new links are made with, and the other way round: all
/// instances of nginx know both, so no link is refused. When the last link of the old pair has
/// expired, --finish replaces it by a fresh one, for the next time. Each prints what to do next.
/// A run that was interrupted is taken up by the next one.
#[derive(Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  pta rotate --files /etc/nginx/keys
  pta rotate --files /etc/nginx/keys --finish"
)]
pub(crate) struct Arguments {
    /// The folder with 1st.pair and 2nd.pair, as pta keygen --files has made it
    #[arg(long, value_name = "DIR")]
    files: PathBuf,

    /// Replace the old pair, when its last link has expired
    #[arg(long)]
    finish: bool,
}

pub(crate) fn run(arguments: &Arguments, output: &mut impl Write) -> Result<(), Failure> {
    let folder = Folder::lock(&arguments.files)?;
    let dir = arguments.files.display();
    if arguments.finish {
        folder.finish()?;
        write!(
            output,
            "The old pair is gone: 2nd.pair is a fresh one now.\n\
             Next: copy 2nd.pair to every instance that has files of its own, and reload every instance (nginx -s reload).\n\
             After that, the next rotation may begin: pta rotate --files {dir}\n"
        )?;
        return Ok(());
    }
    match folder.rotate()? {
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

/// The folder of the pair files, which one run at a time may change.
struct Folder {
    path: PathBuf,
    /// The lock ends with it.
    handle: File,
}

/// Both pair files as they are.
struct Pairs {
    first: PairFile,
    second: PairFile,
}

impl Folder {
    fn lock(path: &Path) -> Result<Self, Failure> {
        let refuse = |reason: &dyn std::fmt::Display| {
            Failure::Source(format!("cannot lock \"{}\": {reason}", path.display()))
        };
        let handle = File::open(path).map_err(|error| refuse(&Reason(&error)))?;
        if !handle.metadata().is_ok_and(|metadata| metadata.is_dir()) {
            return Err(Failure::Source(format!("\"{}\" is not a folder", path.display())));
        }
        match handle.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), handle }),
            Err(TryLockError::WouldBlock) => Err(refuse(&"another pta rotate is at work")),
            Err(TryLockError::Error(error)) => Err(refuse(&Reason(&error))),
        }
    }

    fn rotate(&self) -> Result<Exchanged, Failure> {
        let state = State::read(&self.path)?;
        let pairs = self.pairs()?;
        let now =
            Rotation { old: Fingerprint::of(&pairs.first.pair)?, new: Fingerprint::of(&pairs.second.pair)? };
        let rotation = match state {
            State::Idle if now.old == now.new => {
                return Err(
                    self.refuse("1st.pair and 2nd.pair are the same pair, so there is nothing to exchange")
                );
            }
            State::Idle => {
                State::Exchanging(now.clone()).write(&self.path)?;
                now.clone()
            }
            State::Exchanging(rotation) => rotation,
            State::Exchanged(_) => {
                return Err(self.refuse(&format!(
                    "the last rotation is not finished; when the last link of the old pair has expired: pta rotate --files {} --finish",
                    self.path.display()
                )));
            }
        };
        let exchanged = if now == rotation {
            exchange::exchange(self, &pairs)?;
            Exchanged::Yes
        } else if now == rotation.reversed() {
            // The exchange is done, and only the state was not written.
            Exchanged::Yes
        } else if now.old == rotation.old && now.new == rotation.old {
            exchange::take_back(self, &rotation)?;
            Exchanged::TakenBack
        } else {
            return Err(self.refuse(FOREIGN));
        };
        self.sync()?;
        match exchanged {
            Exchanged::Yes => State::Exchanged(rotation),
            Exchanged::TakenBack => State::Idle,
        }
        .write(&self.path)?;
        exchange::tidy(self);
        Ok(exchanged)
    }

    fn finish(&self) -> Result<(), Failure> {
        let rotation = match State::read(&self.path)? {
            State::Exchanged(rotation) => rotation,
            State::Idle => return Err(self.refuse("no rotation has begun, so there is nothing to finish")),
            State::Exchanging(_) => {
                return Err(self.refuse(&format!(
                    "a rotation was interrupted; take it up first: pta rotate --files {}",
                    self.path.display()
                )));
            }
        };
        let pairs = self.pairs()?;
        if Fingerprint::of(&pairs.first.pair)? != rotation.new {
            return Err(self.refuse(FOREIGN));
        }
        // Otherwise an interrupted run has replaced it already.
        if Fingerprint::of(&pairs.second.pair)? == rotation.old {
            let path = self.pair_path(PairName::Second);
            let temporary = self.path.join(exchange::NEW_SECOND);
            replace::write_like(&temporary, keygen::fresh_pair()?.as_bytes(), &path)?;
            replace::rename(&temporary, &path)?;
            self.sync()?;
        }
        State::Idle.write(&self.path)
    }

    fn pairs(&self) -> Result<Pairs, Failure> {
        Ok(Pairs { first: self.pair(PairName::First)?, second: self.pair(PairName::Second)? })
    }

    fn pair(&self, name: PairName) -> Result<PairFile, Failure> {
        let path = self.pair_path(name);
        let metadata = match replace::metadata(&path) {
            Err(_) if self.path.join(format!("{name}.key")).exists() => {
                return Err(self.refuse(&format!(
                    "there is no {name}.pair; key and IV must be in one file: cat {name}.key {name}.iv > {name}.pair"
                )));
            }
            metadata => metadata?,
        };
        if metadata.is_symlink() {
            return Err(Failure::Source(format!(
                "\"{}\" is a symbolic link, which a rename would replace",
                path.display()
            )));
        }
        PairFile::read(&path).map_err(Failure::Source)
    }

    fn pair_path(&self, name: PairName) -> PathBuf {
        self.path.join(name.file_name())
    }

    /// Makes the renames outlast a crash.
    fn sync(&self) -> Result<(), Failure> {
        self.handle.sync_all().map_err(|error| {
            Failure::Source(format!("cannot sync \"{}\": {}", self.path.display(), Reason(&error)))
        })
    }

    fn refuse(&self, reason: &str) -> Failure {
        Failure::Source(format!("cannot rotate in \"{}\": {reason}", self.path.display()))
    }
}

const FOREIGN: &str = "1st.pair and 2nd.pair are not those of the rotation that has begun; put them right, or if they are, \
                       remove the file \"rotation\"";
