//! The folder of the pair files.

use std::fs::File;
use std::path::{Path, PathBuf};

use pta_token::PairId;
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::replace;
use crate::failure::Failure;
use crate::keys::pair_file::{self, PairFile};
use crate::text::reason::Reason;

/// The folder of the pair files, locked so that only one run can change it.
pub(super) struct Folder {
    pub(super) path: PathBuf,
    /// Holds the lock until it is closed.
    handle: File,
}

/// The content of both pair files.
pub(super) struct Pairs {
    pub(super) first: PairFile,
    pub(super) second: PairFile,
}

impl Folder {
    pub(super) fn lock(path: &Path) -> Result<Self, Failure> {
        let refuse = |reason: &dyn std::fmt::Display| {
            Failure::Source(format!("cannot lock \"{}\": {reason}", path.display()))
        };
        let handle = File::open(path).map_err(|error| refuse(&Reason(&error)))?;
        if !handle.metadata().is_ok_and(|metadata| metadata.is_dir()) {
            return Err(Failure::Source(format!("\"{}\" is not a folder", path.display())));
        }
        match flock(&handle, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Self { path: path.to_owned(), handle }),
            Err(Errno::WOULDBLOCK) => Err(refuse(&"another pta rotate is running")),
            Err(error) => Err(refuse(&Reason(&error.into()))),
        }
    }

    pub(super) fn pairs(&self) -> Result<Pairs, Failure> {
        Ok(Pairs { first: self.pair(PairId::First)?, second: self.pair(PairId::Second)? })
    }

    fn pair(&self, name: PairId) -> Result<PairFile, Failure> {
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

    pub(super) fn pair_path(&self, name: PairId) -> PathBuf {
        self.path.join(pair_file::name(name))
    }

    /// Syncs the folder, so that a crash does not undo renames.
    pub(super) fn sync(&self) -> Result<(), Failure> {
        self.handle.sync_all().map_err(|error| {
            Failure::Source(format!("cannot sync \"{}\": {}", self.path.display(), Reason(&error)))
        })
    }

    pub(super) fn refuse(&self, reason: &str) -> Failure {
        Failure::Source(format!("cannot rotate in \"{}\": {reason}", self.path.display()))
    }
}
