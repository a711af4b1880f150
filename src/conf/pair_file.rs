//! A key and its IV in one file, so that one rename replaces both.

use pta_token::{PAIR_FILE_LIMIT, SecretPair};

use crate::conf::secret_file::{Kind, SecretFile};
use crate::conf::setting::{SetError, Setting};

const PAIR_FILE: Kind = Kind { name: "pair file", limit: PAIR_FILE_LIMIT, hint: "" };

/// Reads a file with two lines: a key and an IV.
pub(crate) fn read(setting: &Setting<'_>, path: &[u8]) -> Result<SecretPair, SetError> {
    let file = SecretFile::read(setting, &PAIR_FILE, path)?;
    SecretPair::from_file_content(file.content()).map_err(|error| file.error(format_args!("{error}")))
}
