//! Files that contain a seal key, as for `file:path` in `pta_1st_seal`.

use std::path::Path;

use pta_token::{SEAL_KEY_FILE_LIMIT, SealSecret};

use super::secret_file;
use crate::failure::warn;
use crate::text::reason::Reason;

/// Reads a seal key file. The message names the file, never its content.
pub(crate) fn read(path: &Path) -> Result<SealSecret, String> {
    let refuse =
        |reason: &dyn std::fmt::Display| format!("invalid seal key file \"{}\": {reason}", path.display());
    let (content, open_to_others) =
        secret_file::read(path, SEAL_KEY_FILE_LIMIT).map_err(|error| refuse(&Reason(&error)))?;
    let secret = SealSecret::from_file_content(&content).map_err(|error| refuse(&error))?;
    if open_to_others {
        warn(&format!("seal key file \"{}\" is readable by others", path.display()));
    }
    Ok(secret)
}
