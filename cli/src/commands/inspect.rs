//! `pta inspect`: shows the fields of a token.

mod seal;

use std::ffi::OsString;
use std::io::Write;

use crate::commands::fields::{self, Fields, json};
use crate::failure::Failure;
use crate::options::bind;
use crate::options::checking::Checking;
use crate::options::given::Given;
use crate::text::expiry::{Expiry, Left};
use crate::text::printable::Printable;
use clap::{Args, ValueHint};
use seal::Opened;

/// Print the fields of a token
///
/// The fields are crc32, expires, path and the time left. If there are two pairs, the name of the
/// one that opened the token is printed, too. The fields of an expired token are also printed. Of a
/// sealed token, the nonce is printed, and whether the seal is right. A seal that is bound to values
/// can only be checked with the same --bind options.
#[derive(Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  pta inspect --config /etc/nginx/nginx.conf 'https://example.com/a.mp4?pta=...'
  pta inspect --pair-file 1st.pair --json - < token.txt

Environment: PTA_KEY and PTA_IV are the 1st pair, PTA_2ND_KEY and PTA_2ND_IV the 2nd, and PTA_SEAL_KEY and
PTA_2ND_SEAL_KEY their seal keys. They are used only if no option above names keys. Other users cannot
see them."
)]
pub(crate) struct Arguments {
    /// The token, a URL with a token in it, or - for standard input
    #[arg(value_name = "TOKEN|URL|-", value_hint = ValueHint::Other)]
    token: OsString,

    /// Print one JSON object
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    checking: Checking,
}

pub(crate) fn run(arguments: &Arguments, output: &mut impl Write) -> Result<(), Failure> {
    let checking = &arguments.checking;
    let given = Given::read(&arguments.token)?;
    let keys = checking.keys.find(given.host()?.as_ref())?;
    let now = checking.clock.now()?;
    let name = checking.name.or(keys.name.as_deref())?;
    let token =
        given.token(name)?.ok_or_else(|| Failure::Invalid(format!("the URL has no argument \"{name}\"")))?;
    let values = checking.bind.values()?;
    let binding = bind::binding(&values)?;
    let mut buffer = Vec::new();
    let Opened { claims, sealed } = seal::open(&keys.material, token, &values, binding, &mut buffer)?;
    keys.warn();
    let pair = keys.has_two_pairs().then(|| claims.pair.to_string());
    if arguments.json {
        let mut fields = Fields::new(&claims, pair, now);
        if let Some((sealed, seal)) = sealed {
            fields = fields.with_seal(&sealed, seal.word());
        }
        return Ok(writeln!(output, "{}", json(&fields)?)?);
    }
    writeln!(output, "crc32:   {:08x}", claims.crc32)?;
    writeln!(output, "expires: {}", Expiry(claims.expires))?;
    writeln!(output, "path:    {}", Printable(claims.path.as_bytes()))?;
    writeln!(output, "left:    {}", Left { expires: claims.expires, now })?;
    if let Some((sealed, seal)) = sealed {
        if let Some(bytes) = sealed.nonce() {
            writeln!(output, "nonce:   {}", fields::nonce(bytes))?;
        }
        writeln!(output, "{}", seal.line())?;
    }
    if let Some(pair) = pair {
        writeln!(output, "key:     {pair}")?;
    }
    Ok(())
}
