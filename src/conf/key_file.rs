//! `file:path` as the value of a key or an IV.

use pta_token::{KEY_FILE_LIMIT, Secret};

use crate::conf::secret_file::{Kind, SecretFile};
use crate::conf::setting::{SetError, Setting};

const KEY_FILE: Kind = Kind {
    name: "key file",
    limit: KEY_FILE_LIMIT,
    hint: ", a file with key and IV is for \"pta_1st_pair\" or \"pta_2nd_pair\"",
};

/// Reads a file with one line: a key or an IV.
pub(crate) fn read(setting: &Setting<'_>, path: &[u8]) -> Result<Secret, SetError> {
    let file = SecretFile::read(setting, &KEY_FILE, path)?;
    Secret::from_file_content(file.content()).map_err(|error| file.error(format_args!("{error}")))
}
