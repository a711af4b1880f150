//! A key and its IV in one file of two lines, as `pta_1st_pair` and `pta_2nd_pair` read it.

use std::fmt::Display;
use std::path::Path;

use pta_token::{PAIR_FILE_LIMIT, PairId, SecretPair};
use zeroize::Zeroizing;

use super::secret_file;
use crate::failure::warn;
use crate::text::reason::Reason;

/// A pair with the file's content, which may be written elsewhere.
pub(crate) struct PairFile {
    pub(crate) pair: SecretPair,
    pub(crate) content: Zeroizing<Vec<u8>>,
}

impl PairFile {
    /// Reads the file of a pair. The message names the file, never what is in it.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let refuse = |reason: &dyn Display| format!("invalid pair file \"{}\": {reason}", path.display());
        let (content, open_to_others) =
            secret_file::read(path, PAIR_FILE_LIMIT).map_err(|error| refuse(&Reason(&error)))?;
        let pair = SecretPair::from_file_content(&content).map_err(|error| refuse(&error))?;
        if open_to_others {
            warn(&format!("pair file \"{}\" is readable by others", path.display()));
        }
        Ok(Self { pair, content })
    }
}

/// Reads the file of a pair.
pub(crate) fn read(path: &Path) -> Result<SecretPair, String> {
    PairFile::read(path).map(|file| file.pair)
}

/// The content of the file for these digits.
pub(crate) fn content(key: &str, iv: &str) -> Zeroizing<String> {
    Zeroizing::new(format!("{key}\n{iv}\n"))
}

/// The name of the file of a pair in the folder of `keygen --files`.
pub(crate) fn name(pair: PairId) -> String {
    format!("{pair}.pair")
}

#[cfg(test)]
mod tests {
    use pta_token::Secret;

    use super::*;

    #[test]
    fn what_is_written_is_read_as_a_pair() {
        let (key, iv) = ("0102030405060708090a0b0c0d0e0f00", "ffeeddccbbaa99887766554433221100");
        let pair = SecretPair::from_file_content(content(key, iv).as_bytes()).unwrap();
        assert_eq!(pair.key, Secret::from_hex(key.as_bytes()).unwrap());
        assert_eq!(pair.iv, Secret::from_hex(iv.as_bytes()).unwrap());
    }
}
