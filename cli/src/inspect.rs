//! `pta inspect`: shows what a token says.

use std::ffi::OsString;
use std::fmt;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;

use clap::Args;
use pta_token::{KeyRing, decode, decoded_len};

use crate::Failure;
use crate::expiry::Expiry;
use crate::keys::Keys;

/// Print the fields of a token.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    keys: Keys,

    /// The token, hexadecimal digits
    #[arg(value_name = "TOKEN")]
    token: OsString,
}

pub(crate) fn run(arguments: &Arguments, output: &mut impl Write) -> Result<(), Failure> {
    let ring = KeyRing::new(Some(arguments.keys.pair()?), None)
        .ok_or_else(|| Failure::Usage("a key is needed".to_owned()))?;
    let token = arguments.token.as_bytes();
    let mut buffer = vec![0; decoded_len(token.len())];
    let claims = decode(&ring, token, &mut buffer).map_err(|error| Failure::Token(error.to_string()))?;
    writeln!(output, "crc32:   {:08x}", claims.crc32)?;
    writeln!(output, "expires: {}", Expiry(claims.expires))?;
    writeln!(output, "path:    {}", Printable(claims.path.as_bytes()))?;
    Ok(())
}

/// A path as text; escaped where a terminal would take its bytes for something else.
struct Printable<'a>(&'a [u8]);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match str::from_utf8(self.0) {
            Ok(text) if !text.chars().any(char::is_control) => f.write_str(text),
            _ => self.0.escape_ascii().fmt(f),
        }
    }
}
