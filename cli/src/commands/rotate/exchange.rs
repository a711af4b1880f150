//! The exchange of the two pair files.
//!
//! At any moment, a reloaded instance of nginx may read both files, and an application may read
//! 1st.pair to make a link. So both files should change at once. Linux can do that if they have the
//! same owner and mode.
//!
//! Otherwise there are two renames, 2nd.pair first. Between them, both files hold the old pair,
//! which all links are made with. The new pair is in a temporary file, which was synced before. An
//! instance that is reloaded then does not know the new pair. So if a run stops there, the next run
//! must not continue, and takes the first rename back.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use pta_token::PairId;

use super::folder::{Folder, Pairs};
use super::replace;
use super::state::{FOREIGN, Fingerprint, Rotation};
use crate::failure::Failure;
use crate::keys::pair_file::PairFile;

/// What will be 1st.pair and 2nd.pair.
const NEW_FIRST: &str = "rotation.1st";
pub(super) const NEW_SECOND: &str = "rotation.2nd";

/// The result of a rotation.
#[derive(Clone, Copy)]
pub(super) enum Exchanged {
    Yes,
    TakenBack,
}

pub(super) fn exchange(folder: &Folder, pairs: &Pairs) -> Result<(), Failure> {
    let first = folder.pair_path(PairId::First);
    let second = folder.pair_path(PairId::Second);
    if are_alike(&first, &second)? && at_once(&first, &second).is_ok() {
        return Ok(());
    }
    let new_first = folder.path.join(NEW_FIRST);
    let new_second = folder.path.join(NEW_SECOND);
    replace::write_like(&new_first, &pairs.second.content, &first)?;
    replace::write_like(&new_second, &pairs.first.content, &second)?;
    folder.sync()?;
    replace::rename(&new_second, &second)?;
    // The renames must reach the disk in this order.
    folder.sync()?;
    replace::rename(&new_first, &first)
}

/// Puts the new pair back into 2nd.pair.
pub(super) fn take_back(folder: &Folder, rotation: &Rotation) -> Result<(), Failure> {
    let new = PairFile::read(&folder.path.join(NEW_FIRST)).map_err(Failure::Source)?;
    if Fingerprint::of(&new.pair)? != rotation.new {
        return Err(folder.refuse(FOREIGN));
    }
    let second = folder.pair_path(PairId::Second);
    let temporary = folder.path.join(NEW_SECOND);
    replace::write_like(&temporary, &new.content, &second)?;
    replace::rename(&temporary, &second)
}

/// Removes the temporary files of an interrupted run.
pub(super) fn tidy(folder: &Folder) {
    for name in [NEW_FIRST, NEW_SECOND] {
        // Usually the file does not exist.
        let _ = fs::remove_file(folder.path.join(name));
    }
}

/// Whether an exchange would leave each file's owner and mode as they are.
fn are_alike(first: &Path, second: &Path) -> Result<bool, Failure> {
    let of = |path| replace::metadata(path).map(|own| (own.uid(), own.gid(), own.mode()));
    Ok(of(first)? == of(second)?)
}

#[cfg(target_os = "linux")]
fn at_once(first: &Path, second: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, first, CWD, second, RenameFlags::EXCHANGE)?)
}

#[cfg(not(target_os = "linux"))]
fn at_once(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
