//! Key files that are being made.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::text::reason::Reason;

/// A file that was just made, and is removed again unless all of its kind succeed.
pub(crate) struct NewFile {
    path: PathBuf,
    keep: bool,
}

impl NewFile {
    /// Makes a file that only its owner can read. One that exists already is an error, never overwritten.
    pub(crate) fn create(path: PathBuf, content: &[u8]) -> Result<Self, String> {
        let refuse = |path: &Path, error: &io::Error| match error.kind() {
            io::ErrorKind::AlreadyExists => {
                format!("\"{}\" exists already, and no key file is overwritten", path.display())
            }
            _ => format!("cannot make \"{}\": {}", path.display(), Reason(error)),
        };
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(|error| refuse(&path, &error))?;
        // From here on the file is ours to remove.
        let made = Self { path, keep: false };
        file.write_all(content).and_then(|()| file.sync_all()).map_err(|error| refuse(&made.path, &error))?;
        Ok(made)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn keep(mut self) {
        self.keep = true;
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.keep {
            // Nothing more can be done about it, and the failure that led here is told.
            let _ = fs::remove_file(&self.path);
        }
    }
}
