//! A client's bytes in a log line.

use core::fmt;

/// Bytes of a client, control characters and quotes escaped.
pub(crate) struct Escaped<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_plain = |byte: u8| matches!(byte, b'!'..=b'~') & !matches!(byte, b'"' | b'\'' | b'\\');
        // Most paths are, and a flood of refused requests should not cost a byte-wise formatting each. Without a way
        // out before the end, many bytes are looked at in one step.
        let all_plain = self.0.iter().fold(true, |plain, &byte| plain & is_plain(byte));
        match str::from_utf8(self.0) {
            Ok(text) if all_plain => f.write_str(text),
            _ => write!(f, "{}", self.0.escape_ascii()),
        }
    }
}
