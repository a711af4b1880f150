//! Bytes from a client, as written to a log line.

use core::{fmt, str};

/// Displays bytes with control characters and quotes escaped.
pub(crate) struct Escaped<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_plain = |byte: u8| matches!(byte, b'!'..=b'~') & !matches!(byte, b'"' | b'\'' | b'\\');
        // Most paths need no escaping, and a flood of refused requests must stay cheap. Without an
        // early exit, the compiler can check many bytes in one step.
        let all_plain = self.0.iter().fold(true, |plain, &byte| plain & is_plain(byte));
        match str::from_utf8(self.0) {
            Ok(text) if all_plain => f.write_str(text),
            _ => write!(f, "{}", self.0.escape_ascii()),
        }
    }
}
