//! `pta inspect`: shows what a token says.

use std::ffi::OsString;
use std::io::Write;

use clap::Args;
use jiff::Timestamp;
use pta_token::{Claims, buffer_len, decode};
use serde::Serialize;

use crate::clock::Clock;
use crate::expiry::{Expiry, Left};
use crate::failure::Failure;
use crate::given::Given;
use crate::keys::KeyArguments;
use crate::name::Name;
use crate::printable::Printable;

/// Print the fields of a token.
///
/// These are crc32, expires, path, the time left and, where there are two pairs, the one that opened the
/// token. The time is not judged: an expired token is shown as well.
#[derive(Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  pta inspect --config /etc/nginx/nginx.conf 'https://example.com/a.mp4?pta=...'
  pta inspect --key-file 1st.key --iv-file 1st.iv --json - < token.txt

Environment: PTA_KEY and PTA_IV are the 1st pair, PTA_2ND_KEY and PTA_2ND_IV the 2nd; other users cannot
see them, and they count only where no option above names keys."
)]
pub(crate) struct Arguments {
    /// The token, a URL with a token in it, or - for standard input
    #[arg(value_name = "TOKEN|URL|-")]
    token: OsString,

    /// Print one JSON object
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    name: Name,

    #[command(flatten)]
    clock: Clock,

    #[command(flatten)]
    keys: KeyArguments,
}

pub(crate) fn run(arguments: &Arguments, output: &mut impl Write) -> Result<(), Failure> {
    let keys = arguments.keys.find()?;
    let now = arguments.clock.now()?;
    let name = arguments.name.or(keys.name.as_deref())?;
    let given = Given::read(&arguments.token)?;
    let token =
        given.token(name)?.ok_or_else(|| Failure::Invalid(format!("the URL has no argument \"{name}\"")))?;
    let mut buffer = vec![0; buffer_len(token.len())];
    let claims =
        decode(&keys.ring()?, token, &mut buffer).map_err(|error| Failure::Invalid(error.to_string()))?;
    arguments.keys.warn_if_visible();
    let pair = keys.are_two().then(|| claims.pair.to_string());
    if arguments.json {
        return json(&claims, pair, now, output);
    }
    writeln!(output, "crc32:   {:08x}", claims.crc32)?;
    writeln!(output, "expires: {}", Expiry(claims.expires))?;
    writeln!(output, "path:    {}", Printable(claims.path.as_bytes()))?;
    writeln!(output, "left:    {}", Left { expires: claims.expires, now })?;
    if let Some(pair) = pair {
        writeln!(output, "key:     {pair}")?;
    }
    Ok(())
}

/// The fields for programs.
#[derive(Serialize)]
struct Fields<'a> {
    crc32: String,
    expires: i64,
    /// RFC 3339; null where the calendar has no such date.
    expires_at: Option<String>,
    /// Negative when the time is over.
    seconds_left: i64,
    expired: bool,
    /// Replacement characters stand for what is not UTF-8.
    path: &'a str,
    /// The exact bytes, hexadecimal, of a path that is not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    path_hex: Option<String>,
    /// Null where there is one pair only.
    key: Option<String>,
}

fn json(
    claims: &Claims<'_>,
    pair: Option<String>,
    now: Timestamp,
    output: &mut impl Write,
) -> Result<(), Failure> {
    let bytes = claims.path.as_bytes();
    let path = String::from_utf8_lossy(bytes);
    let hex = || bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let fields = Fields {
        crc32: format!("{:08x}", claims.crc32),
        expires: claims.expires,
        expires_at: Timestamp::from_second(claims.expires).ok().map(|time| time.to_string()),
        seconds_left: claims.expires.saturating_sub(now.as_second()),
        expired: now.as_second() > claims.expires,
        path: &path,
        path_hex: str::from_utf8(bytes).is_err().then(hex),
        key: pair,
    };
    let text = serde_json::to_string(&fields).map_err(|error| Failure::Output(error.into()))?;
    writeln!(output, "{text}")?;
    Ok(())
}
