//! A key, its IV and perhaps their seal key in one file, so that one rename replaces all.

use pta_token::{PAIR_FILE_LIMIT, SecretPair};

use crate::conf::secret_file::{Kind, SecretFile};
use crate::conf::setting::{SetError, Setting};

const PAIR_FILE: Kind = Kind { name: "pair file", limit: PAIR_FILE_LIMIT, hint: "" };

/// Reads a file with two or three lines: a key, an IV and a seal key.
pub(crate) fn read(setting: &Setting<'_>, path: &[u8]) -> Result<SecretPair, SetError> {
    let file = SecretFile::read(setting, &PAIR_FILE, path)?;
    SecretPair::from_file_content(file.content()).map_err(|error| file.error(format_args!("{error}")))
}
