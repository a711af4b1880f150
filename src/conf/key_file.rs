//! `file:path` as the value of a key, an IV or a seal key.

use pta_token::{KEY_FILE_LIMIT, SEAL_KEY_FILE_LIMIT, SealSecret, Secret};

use crate::conf::secret_file::{Kind, SecretFile};
use crate::conf::setting::{SetError, Setting};

const KEY_FILE: Kind = Kind {
    name: "key file",
    limit: KEY_FILE_LIMIT,
    hint: ", a file with key and IV is for \"pta_1st_pair\" or \"pta_2nd_pair\"",
};

const SEAL_KEY_FILE: Kind = Kind {
    name: "seal key file",
    limit: SEAL_KEY_FILE_LIMIT,
    hint: ", a file with key, IV and seal key is for \"pta_1st_pair\" or \"pta_2nd_pair\"",
};

/// Reads a file with one line: a seal key.
pub(crate) fn read_seal(setting: &Setting<'_>, path: &[u8]) -> Result<SealSecret, SetError> {
    let file = SecretFile::read(setting, &SEAL_KEY_FILE, path)?;
    SealSecret::from_file_content(file.content()).map_err(|error| file.error(format_args!("{error}")))
}

/// Reads a file with one line: a key or an IV.
pub(crate) fn read(setting: &Setting<'_>, path: &[u8]) -> Result<Secret, SetError> {
    let file = SecretFile::read(setting, &KEY_FILE, path)?;
    Secret::from_file_content(file.content()).map_err(|error| file.error(format_args!("{error}")))
}
