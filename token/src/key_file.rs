//! The content of key files and pair files. The caller reads the files.
//!
//! - A key file has one line, a key or an IV.
//! - A pair file has two lines, a key and its IV.
//!
//! Lines end with LF or CRLF. The end of the last line is optional.

use core::fmt;

use crate::key::{BLOCK_LEN, KeyError, Secret};
use crate::material::SecretPair;

/// The maximum length of a key file, in bytes. It has room for a key and its line end. Most other
/// files are longer, so they are not taken for a key.
pub const KEY_FILE_LIMIT: usize = 64;

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
            Self::SeveralLines(_) => f.write_str("it must be one line"),
            Self::Key(error) => write!(f, "it {error}"),
        }
    }
}

impl core::error::Error for KeyFileError {}

/// Why the content of a file is not a key and its IV. The content is never part of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairFileError {
    /// The file is empty.
    Empty,
    /// There are this many lines instead of two.
    Lines(usize),
    /// The 1st line is not a key.
    Key(KeyError),
    /// The 2nd line is not an IV.
    Iv(KeyError),
}

impl fmt::Display for PairFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str(EMPTY),
            Self::Lines(count) => write!(f, "it must have 2 lines, key and IV, not {count}"),
            Self::Key(error) => write!(f, "the key in its 1st line {error}"),
            Self::Iv(error) => write!(f, "the IV in its 2nd line {error}"),
        }
    }
}

impl core::error::Error for PairFileError {}

const EMPTY: &str = "it is empty";

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
        let (Some(key), Some(iv), None) = (found.next(), found.next(), found.next()) else {
            return Err(PairFileError::Lines(lines(content).count()));
        };
        let key = Secret::from_hex(key).map_err(PairFileError::Key)?;
        let iv = Secret::from_hex(iv).map_err(PairFileError::Iv)?;
        Ok(Self { key, iv })
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
        let pair = SecretPair { key: secret(KEY), iv: secret(IV) };
        for text in [format!("{KEY}\n{IV}"), format!("{KEY}\r\n{IV}\r\n"), format!("{KEY}\n{IV}\n")] {
            assert_eq!(SecretPair::from_file_content(text.as_bytes()).as_ref(), Ok(&pair), "{text:?}");
        }
    }

    #[test]
    fn any_other_text_is_not_a_pair() {
        let error = |text: &str| -> String {
            SecretPair::from_file_content(text.as_bytes()).unwrap_err().to_string()
        };
        assert_eq!(error(""), "it is empty");
        assert_eq!(error("\n"), "it must have 2 lines, key and IV, not 1");
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
