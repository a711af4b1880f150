//! Files that contain a key or an IV, as for `file:path` in the directives.

use std::path::Path;

use pta_token::{KEY_FILE_LIMIT, Secret};

use super::secret_file;
use crate::failure::warn;
use crate::text::reason::Reason;

/// Reads a key file. The message names the file, never its content.
pub(crate) fn read(path: &Path) -> Result<Secret, String> {
    let refuse =
        |reason: &dyn std::fmt::Display| format!("invalid key file \"{}\": {reason}", path.display());
    let (content, open_to_others) =
        secret_file::read(path, KEY_FILE_LIMIT).map_err(|error| refuse(&Reason(&error)))?;
    let secret = Secret::from_file_content(&content)
        .map_err(|error| refuse(&format_args!("it {}", error.as_key_error())))?;
    if open_to_others {
        warn(&format!("key file \"{}\" is readable by others", path.display()));
    }
    Ok(secret)
}
