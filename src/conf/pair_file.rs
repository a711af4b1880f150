//! A key and its IV in one file, so that one rename replaces both.

use pta_token::Secret;

use crate::conf::secret_file::{Kind, SecretFile};
use crate::conf::setting::{SetError, Setting};

const PAIR_FILE: Kind = Kind { name: "pair file", limit: 256, hint: "" };

/// Reads a file of two lines, a key and an IV.
pub(crate) fn read(setting: &Setting<'_>, path: &[u8]) -> Result<(Secret, Secret), SetError> {
    let file = SecretFile::read(setting, &PAIR_FILE, path)?;
    let mut lines = file.lines();
    let (Some(key), Some(iv), None) = (lines.next(), lines.next(), lines.next()) else {
        let count = file.lines().count();
        return Err(file.error(format_args!("it must have 2 lines, key and IV, not {count}")));
    };
    let parse =
        |what, line| Secret::from_hex(line).map_err(|error| file.error(format_args!("the {what} {error}")));
    Ok((parse("key in its 1st line", key)?, parse("IV in its 2nd line", iv)?))
}
