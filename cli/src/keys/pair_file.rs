//! Pair files: a key, its IV and perhaps a seal key, a line each, as for `pta_1st_pair` and
//! `pta_2nd_pair`.

use std::fmt::Display;
use std::path::Path;

use pta_token::{PAIR_FILE_LIMIT, PairId, SecretPair};
use zeroize::Zeroizing;

use super::secret_file;
use crate::failure::warn;
use crate::text::reason::Reason;

/// A pair and the content of its file, to write that to another file.
pub(crate) struct PairFile {
    pub(crate) pair: SecretPair,
    pub(crate) content: Zeroizing<Vec<u8>>,
}

impl PairFile {
    /// Reads a pair file. The message names the file, never its content.
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

/// Reads the pair in a pair file.
pub(crate) fn read(path: &Path) -> Result<SecretPair, String> {
    PairFile::read(path).map(|file| file.pair)
}

/// The content of a pair file with these digits.
pub(crate) fn content(key: &str, iv: &str, seal: Option<&str>) -> Zeroizing<String> {
    Zeroizing::new(match seal {
        Some(seal) => format!("{key}\n{iv}\n{seal}\n"),
        None => format!("{key}\n{iv}\n"),
    })
}

/// The name of a pair's file in the folder of `keygen --files`.
pub(crate) fn name(pair: PairId) -> String {
    format!("{pair}.pair")
}

#[cfg(test)]
mod tests {
    use pta_token::{SealSecret, Secret};

    use super::*;

    #[test]
    fn content_is_read_as_the_same_pair() {
        let (key, iv) = ("0102030405060708090a0b0c0d0e0f00", "ffeeddccbbaa99887766554433221100");
        let seal = "7".repeat(64);
        for seal in [None, Some(seal.as_str())] {
            let pair = SecretPair::from_file_content(content(key, iv, seal).as_bytes()).unwrap();
            assert_eq!(pair.key, Secret::from_hex(key.as_bytes()).unwrap());
            assert_eq!(pair.iv, Secret::from_hex(iv.as_bytes()).unwrap());
            assert_eq!(pair.seal, seal.map(|seal| SealSecret::from_hex(seal.as_bytes()).unwrap()));
        }
    }
}
