//! Files with a key or an IV in them, as `file:path` of the directives.

use std::path::Path;

use pta_token::Secret;

use super::secret_file;
use crate::failure::warn;
use crate::text::reason::Reason;

/// More than a key and its line end, and little enough that no other file is read by mistake. The module's limit.
const LIMIT: usize = 64;

/// Reads the file of a key; a line end may follow the digits. The message names the file, never what is in it.
pub(crate) fn read(path: &Path) -> Result<Secret, String> {
    let refuse =
        |reason: &dyn std::fmt::Display| format!("invalid key file \"{}\": {reason}", path.display());
    let (content, open_to_others) =
        secret_file::read(path, LIMIT).map_err(|error| refuse(&Reason(&error)))?;
    let text = content.strip_suffix(b"\n").unwrap_or(&content);
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    let secret = Secret::from_hex(text).map_err(|error| refuse(&format_args!("it {error}")))?;
    if open_to_others {
        warn(&format!("key file \"{}\" is readable by others", path.display()));
    }
    Ok(secret)
}
