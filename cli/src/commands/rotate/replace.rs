//! Replaces files as a whole: a temporary file is written, synced and renamed.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::Path;

use crate::failure::Failure;
use crate::text::reason::Reason;

fn failed<'a>(what: &'a str, path: &'a Path) -> impl Fn(io::Error) -> Failure + 'a {
    move |error| Failure::Source(format!("cannot {what} \"{}\": {}", path.display(), Reason(&error)))
}

/// The metadata of the file, or of the link if it is a symbolic link.
pub(super) fn metadata(path: &Path) -> Result<Metadata, Failure> {
    fs::symlink_metadata(path).map_err(failed("find", path))
}

/// Makes and syncs a file that only its owner can read. Replaces the file of an interrupted run.
pub(super) fn write(path: &Path, content: &[u8]) -> Result<(), Failure> {
    fill(path, content, |_| Ok(()))
}

/// Like [`write`], with owner and mode of another file.
pub(super) fn write_like(path: &Path, content: &[u8], other: &Path) -> Result<(), Failure> {
    let like = metadata(other)?;
    fill(path, content, |file| {
        let own = file.metadata()?;
        if (own.uid(), own.gid()) != (like.uid(), like.gid()) {
            fchown(file, Some(like.uid()), Some(like.gid()))?;
        }
        file.set_permissions(fs::Permissions::from_mode(like.mode() & 0o7777))
    })
}

fn fill(path: &Path, content: &[u8], prepare: impl Fn(&File) -> io::Result<()>) -> Result<(), Failure> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed("remove", path)(error)),
        _ => {}
    }
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = file.map_err(failed("make", path))?;
    // Owner and mode come first, so that other users can never read the content.
    prepare(&file)
        .and_then(|()| file.write_all(content))
        .and_then(|()| file.sync_all())
        .map_err(failed("write", path))
}

pub(super) fn rename(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::rename(from, to).map_err(failed("replace", to))
}

pub(super) fn sync_folder(folder: &Path) -> Result<(), Failure> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed("sync", folder))
}
