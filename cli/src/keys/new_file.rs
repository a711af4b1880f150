//! New key files.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::text::reason::Reason;

/// A new file. It is removed on drop unless it is kept.
pub(crate) struct NewFile {
    path: PathBuf,
    keep: bool,
}

impl NewFile {
    /// Makes a file that only its owner can read. An existing file is an error, and never
    /// overwritten.
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
        // From here on, the file is removed if something fails.
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
            // The first failure is reported, so a second one is ignored.
            let _ = fs::remove_file(&self.path);
        }
    }
}
