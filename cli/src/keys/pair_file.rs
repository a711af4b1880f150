//! A key and its IV in one file of two lines, as `pta_1st_pair` and `pta_2nd_pair` read it.

use std::fmt::Display;
use std::path::Path;

use pta_token::Secret;
use zeroize::Zeroizing;

use super::pair::Pair;
use super::secret_file;
use crate::failure::warn;
use crate::text::reason::Reason;

/// The module's limit.
const LIMIT: usize = 256;

/// A pair with the file's content, which may be written elsewhere.
pub(crate) struct PairFile {
    pub(crate) pair: Pair,
    pub(crate) content: Zeroizing<Vec<u8>>,
}

impl PairFile {
    /// Reads the file of a pair. The message names the file, never what is in it.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let refuse = |reason: &dyn Display| format!("invalid pair file \"{}\": {reason}", path.display());
        let (content, open_to_others) =
            secret_file::read(path, LIMIT).map_err(|error| refuse(&Reason(&error)))?;
        let pair = parse(&content).map_err(|reason| refuse(&reason))?;
        if open_to_others {
            warn(&format!("pair file \"{}\" is readable by others", path.display()));
        }
        Ok(Self { pair, content })
    }
}

/// Reads the file of a pair.
pub(crate) fn read(path: &Path) -> Result<Pair, String> {
    PairFile::read(path).map(|file| file.pair)
}

fn parse(content: &[u8]) -> Result<Pair, String> {
    if content.is_empty() {
        return Err("it is empty".to_owned());
    }
    let lines: Vec<&[u8]> = lines(content).collect();
    let [key, iv] = lines.as_slice() else {
        return Err(format!("it must have 2 lines, key and IV, not {}", lines.len()));
    };
    let secret = |what, line| Secret::from_hex(line).map_err(|error| format!("the {what} {error}"));
    Ok(Pair { key: secret("key in its 1st line", key)?, iv: secret("IV in its 2nd line", iv)? })
}

/// The lines, each without its end; the last may have none.
fn lines(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    let content = content.strip_suffix(b"\n").unwrap_or(content);
    content.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

/// The content of the file for these digits.
pub(crate) fn content(key: &str, iv: &str) -> Zeroizing<String> {
    Zeroizing::new(format!("{key}\n{iv}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0102030405060708090a0b0c0d0e0f00";
    const IV: &str = "ffeeddccbbaa99887766554433221100";

    #[test]
    fn two_lines_are_a_pair() {
        for text in [format!("{KEY}\n{IV}"), format!("{KEY}\r\n{IV}\r\n"), content(KEY, IV).to_string()] {
            let pair = parse(text.as_bytes()).unwrap();
            assert!(pair.key == Secret::from_hex(KEY.as_bytes()).unwrap(), "{text:?}");
            assert!(pair.iv == Secret::from_hex(IV.as_bytes()).unwrap(), "{text:?}");
        }
    }

    #[test]
    fn anything_else_is_not() {
        let error = |text: &str| parse(text.as_bytes()).map(|_| ()).unwrap_err();
        assert_eq!(error(""), "it is empty");
        assert_eq!(error(KEY), "it must have 2 lines, key and IV, not 1");
        assert_eq!(error(&format!("{KEY}\n{IV}\n\n")), "it must have 2 lines, key and IV, not 3");
        assert_eq!(error(&format!("{KEY}\n\n{IV}\n")), "it must have 2 lines, key and IV, not 3");
        assert_eq!(
            error(&format!("{KEY} {IV}\n{IV}")),
            "the key in its 1st line must be 32 hexadecimal digits, not 65 characters"
        );
        assert_eq!(
            error(&format!("{KEY}\n{IV}0")),
            "the IV in its 2nd line must be 32 hexadecimal digits, not 33 characters"
        );
    }
}
