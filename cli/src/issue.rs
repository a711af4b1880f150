//! `pta issue`: makes a token.

use std::ffi::OsString;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;

use clap::Args;
use jiff::Timestamp;

use crate::Failure;
use crate::expiry;
use crate::keys::Keys;

/// Print a token.
#[derive(Args)]
#[command(after_help = "Example:\n  pta issue --key 0102030405060708090a0b0c0d0e0f00 \
    --iv 00000000000000000000000000000000 --path '/video/*' --expires +1h")]
pub(crate) struct Arguments {
    #[command(flatten)]
    keys: Keys,

    /// The path to allow, decoded; one * matches anything, \* is a literal star
    #[arg(long)]
    path: OsString,

    /// When the token expires: +90m, +7d, 2026-01-05T10:00:00Z or Unix seconds
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    expires: String,
}

pub(crate) fn run(arguments: &Arguments, output: &mut impl Write) -> Result<(), Failure> {
    let pair = arguments.keys.pair()?;
    let expires = expiry::parse(&arguments.expires, Timestamp::now())
        .map_err(|error| Failure::Usage(format!("--expires: {error}")))?;
    let token = pta_token::encode(&pair, expires, arguments.path.as_bytes())
        .map_err(|error| Failure::Usage(format!("--path: {error}")))?;
    writeln!(output, "{token}")?;
    Ok(())
}
