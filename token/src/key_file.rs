//! The content of key files, seal key files and pair files. The caller reads the files.
//!
//! - A key file has one line, a key or an IV.
//! - A seal key file has one line, a seal key.
//! - A pair file has two or three lines: a key, its IV and, if there is one, their seal key.
//!
//! Lines end with LF or CRLF. The end of the last line is optional.

use core::fmt;

use crate::key::{BLOCK_LEN, KeyError, Secret};
use crate::material::SecretPair;
use crate::seal_key::{SealKeyError, SealSecret};

/// The maximum length of a key file, in bytes. It has room for a key and its line end. Most other
/// files are longer, so they are not taken for a key.
pub const KEY_FILE_LIMIT: usize = 64;

/// The maximum length of a seal key file, in bytes.
pub const SEAL_KEY_FILE_LIMIT: usize = 96;

/// The maximum length of a pair file, in bytes.
pub const PAIR_FILE_LIMIT: usize = 256;

/// Why the content of a file is not a key. The content is never part of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFileError {
    /// The file is empty.
    Empty,
    /// There are several lines, with this many bytes in all. The last line end is not counted.
    SeveralLines(usize),
    /// The line is not a key.
    Key(KeyError),
}

impl KeyFileError {
    /// The error of parsing the whole content as one key.
    #[must_use]
    pub fn as_key_error(self) -> KeyError {
        match self {
            Self::Empty => KeyError::Length(0),
            Self::SeveralLines(len) if len == BLOCK_LEN * 2 => KeyError::NotHex,
            Self::SeveralLines(len) => KeyError::Length(len),
            Self::Key(error) => error,
        }
    }
}

impl fmt::Display for KeyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str(EMPTY),
            Self::SeveralLines(_) => f.write_str(ONE_LINE),
            Self::Key(error) => write!(f, "it {error}"),
        }
    }
}

impl core::error::Error for KeyFileError {}

/// Why the content of a file is not a seal key. The content is never part of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealKeyFileError {
    /// The file is empty.
    Empty,
    /// There are several lines.
    SeveralLines,
    /// The line is not a seal key.
    Key(SealKeyError),
}

impl fmt::Display for SealKeyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str(EMPTY),
            Self::SeveralLines => f.write_str(ONE_LINE),
            Self::Key(error) => write!(f, "it {error}"),
        }
    }
}

impl core::error::Error for SealKeyFileError {}

/// Why the content of a file is not a key, its IV and their seal key. The content is never part of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairFileError {
    /// The file is empty.
    Empty,
    /// There are this many lines instead of two or three.
    Lines(usize),
    /// The 1st line is not a key.
    Key(KeyError),
    /// The 2nd line is not an IV.
    Iv(KeyError),
    /// The 3rd line is not a seal key.
    Seal(SealKeyError),
}

impl fmt::Display for PairFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str(EMPTY),
            Self::Lines(count) => write!(f, "it must have 2 or 3 lines, key, IV and seal key, not {count}"),
            Self::Key(error) => write!(f, "the key in its 1st line {error}"),
            Self::Iv(error) => write!(f, "the IV in its 2nd line {error}"),
            Self::Seal(error) => write!(f, "the seal key in its 3rd line {error}"),
        }
    }
}

impl core::error::Error for PairFileError {}

const EMPTY: &str = "it is empty";
const ONE_LINE: &str = "it must be one line";

impl Secret {
    /// Parses the content of a key file.
    ///
    /// # Errors
    ///
    /// A [`KeyFileError`] that does not contain the content.
    pub fn from_file_content(content: &[u8]) -> Result<Self, KeyFileError> {
        if content.is_empty() {
            return Err(KeyFileError::Empty);
        }
        let mut lines = lines(content);
        match (lines.next(), lines.next()) {
            (Some(line), None) => Self::from_hex(line).map_err(KeyFileError::Key),
            _ => Err(KeyFileError::SeveralLines(without_line_end(content).len())),
        }
    }
}

impl SealSecret {
    /// Parses the content of a seal key file.
    ///
    /// # Errors
    ///
    /// A [`SealKeyFileError`] that does not contain the content.
    pub fn from_file_content(content: &[u8]) -> Result<Self, SealKeyFileError> {
        if content.is_empty() {
            return Err(SealKeyFileError::Empty);
        }
        let mut lines = lines(content);
        match (lines.next(), lines.next()) {
            (Some(line), None) => Self::from_hex(line).map_err(SealKeyFileError::Key),
            _ => Err(SealKeyFileError::SeveralLines),
        }
    }
}

impl SecretPair {
    /// Parses the content of a pair file.
    ///
    /// # Errors
    ///
    /// A [`PairFileError`] that does not contain the content.
    pub fn from_file_content(content: &[u8]) -> Result<Self, PairFileError> {
        if content.is_empty() {
            return Err(PairFileError::Empty);
        }
        let mut found = lines(content);
        let (Some(key), Some(iv), seal, None) = (found.next(), found.next(), found.next(), found.next())
        else {
            return Err(PairFileError::Lines(lines(content).count()));
        };
        let key = Secret::from_hex(key).map_err(PairFileError::Key)?;
        let iv = Secret::from_hex(iv).map_err(PairFileError::Iv)?;
        let seal = seal.map(SealSecret::from_hex).transpose().map_err(PairFileError::Seal)?;
        Ok(Self { key, iv, seal })
    }
}

/// The lines, without their ends. An empty text is one empty line.
fn lines(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    let text = content.strip_suffix(b"\n").unwrap_or(content);
    text.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

fn without_line_end(text: &[u8]) -> &[u8] {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    text.strip_suffix(b"\r").unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::{String, ToString};

    use super::*;

    const KEY: &str = "0102030405060708090a0b0c0d0e0f00";
    const IV: &str = "ffeeddccbbaa99887766554433221100";
    const SEAL: &str = "000102030405060708090A0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    fn secret(digits: &str) -> Secret {
        Secret::from_hex(digits.as_bytes()).unwrap()
    }

    #[test]
    fn one_line_is_a_key() {
        for text in [KEY.to_string(), format!("{KEY}\n"), format!("{KEY}\r\n"), format!("{KEY}\r")] {
            assert_eq!(Secret::from_file_content(text.as_bytes()), Ok(secret(KEY)), "{text:?}");
        }
    }

    #[test]
    fn any_other_text_is_not_a_key() {
        for (text, words, words_of_key) in [
            ("", "it is empty", "must be 32 hexadecimal digits, not 0 characters"),
            (
                "\n",
                "it must be 32 hexadecimal digits, not 0 characters",
                "must be 32 hexadecimal digits, not 0 characters",
            ),
            ("a\nb\n", "it must be one line", "must be 32 hexadecimal digits, not 3 characters"),
            ("a\r\nb\r\n", "it must be one line", "must be 32 hexadecimal digits, not 4 characters"),
            ("\n\n", "it must be one line", "must be 32 hexadecimal digits, not 1 characters"),
            (
                "0102030405060708090a0b0c0d0e0f\n1",
                "it must be one line",
                "must be 32 hexadecimal digits, but contains other characters",
            ),
            (
                "0102030405060708090a0b0c0d0e0f00\r\r\n",
                "it must be 32 hexadecimal digits, not 33 characters",
                "must be 32 hexadecimal digits, not 33 characters",
            ),
        ] {
            let error = Secret::from_file_content(text.as_bytes()).unwrap_err();
            assert_eq!(error.to_string(), words, "{text:?}");
            assert_eq!(error.as_key_error().to_string(), words_of_key, "{text:?}");
        }
    }

    #[test]
    fn two_lines_are_a_pair() {
        let pair = SecretPair { key: secret(KEY), iv: secret(IV), seal: None };
        for text in [format!("{KEY}\n{IV}"), format!("{KEY}\r\n{IV}\r\n"), format!("{KEY}\n{IV}\n")] {
            assert_eq!(SecretPair::from_file_content(text.as_bytes()).as_ref(), Ok(&pair), "{text:?}");
        }
    }

    #[test]
    fn a_third_line_is_the_seal_key() {
        let seal = SealSecret::from_hex(SEAL.as_bytes()).unwrap();
        let pair = SecretPair { key: secret(KEY), iv: secret(IV), seal: Some(seal) };
        for end in ["\n", "\r\n"] {
            for last in ["", end] {
                let text = format!("{KEY}{end}{IV}{end}{SEAL}{last}");
                assert_eq!(SecretPair::from_file_content(text.as_bytes()).as_ref(), Ok(&pair), "{text:?}");
                assert!(text.len() <= PAIR_FILE_LIMIT);
            }
        }
    }

    #[test]
    fn one_line_of_64_digits_is_a_seal_key() {
        let seal = SealSecret::from_hex(SEAL.as_bytes()).unwrap();
        for text in [SEAL.to_string(), format!("{SEAL}\n"), format!("{SEAL}\r\n")] {
            assert_eq!(SealSecret::from_file_content(text.as_bytes()).as_ref(), Ok(&seal), "{text:?}");
            assert!(text.len() <= SEAL_KEY_FILE_LIMIT);
        }
        for (text, words) in [
            ("", "it is empty"),
            ("a\nb\n", "it must be one line"),
            ("\n", "it must be 64 hexadecimal digits, not 0 characters"),
            (KEY, "it must be 64 hexadecimal digits, not 32 characters"),
        ] {
            let error = SealSecret::from_file_content(text.as_bytes()).unwrap_err();
            assert_eq!(error.to_string(), words, "{text:?}");
        }
    }

    #[test]
    fn any_other_text_is_not_a_pair() {
        let error = |text: &str| -> String {
            SecretPair::from_file_content(text.as_bytes()).unwrap_err().to_string()
        };
        assert_eq!(error(""), "it is empty");
        let lines = |count: u8| format!("it must have 2 or 3 lines, key, IV and seal key, not {count}");
        assert_eq!(error("\n"), lines(1));
        assert_eq!(error(KEY), lines(1));
        assert_eq!(error(&format!("{KEY}\n{IV}\n{SEAL}\n\n")), lines(4));
        assert_eq!(error(&format!("{KEY}\n{IV}\n\n{SEAL}\n")), lines(4));
        let empty_seal = "the seal key in its 3rd line must be 64 hexadecimal digits, not 0 characters";
        assert_eq!(error(&format!("{KEY}\n{IV}\n\n")), empty_seal);
        assert_eq!(
            error(&format!("{KEY}\n{IV}\nx{}", &SEAL[1..])),
            "the seal key in its 3rd line must be 64 hexadecimal digits, but contains other characters"
        );
        assert_eq!(
            error(&format!("{KEY}\n{SEAL}\n{IV}\n")),
            "the IV in its 2nd line must be 32 hexadecimal digits, not 64 characters"
        );
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
