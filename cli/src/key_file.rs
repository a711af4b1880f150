//! Files with a key or an IV in them, as `file:path` of the directives: read, and made.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use pta_token::Secret;
use zeroize::Zeroizing;

use crate::failure::warn;
use crate::reason::Reason;

/// More than a key and its line end, and little enough that no other file is read by mistake. The module's limit.
const LIMIT: usize = 64;

/// Reads the file of a key; a line end may follow the digits. The message names the file, never what is in it.
pub(crate) fn read(path: &Path) -> Result<Secret, String> {
    let refuse =
        |reason: &dyn std::fmt::Display| format!("invalid key file \"{}\": {reason}", path.display());
    let (content, open_to_others) = content(path, LIMIT).map_err(|error| refuse(&Reason(&error)))?;
    let text = content.strip_suffix(b"\n").unwrap_or(&content);
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    let secret = Secret::from_hex(text).map_err(|error| refuse(&format_args!("it {error}")))?;
    if open_to_others {
        warn(&format!("key file \"{}\" is readable by others", path.display()));
    }
    Ok(secret)
}

/// What is in a file, or comes out of a pipe (`--key-file <(vault read …)`), and whether anybody may read it.
pub(crate) fn content(path: &Path, limit: usize) -> io::Result<(Zeroizing<Vec<u8>>, bool)> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    // All the room at once: a vector that grows leaves copies behind.
    let mut content = Zeroizing::new(Vec::with_capacity(limit.saturating_mul(2)));
    let read = file.take(limit.saturating_add(1) as u64).read_to_end(&mut content)?;
    if read > limit {
        return Err(io::Error::other(format!("it is longer than {limit} bytes")));
    }
    Ok((content, metadata.is_file() && metadata.permissions().mode() & 0o004 != 0))
}

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
