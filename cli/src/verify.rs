//! `pta verify`: the module's own verdict on a token.

use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;

use clap::Args;
use jiff::Timestamp;
use pta_token::{DecodeError, KeyRing, Verdict, buffer_len, check};

use crate::batch;
use crate::clock::Clock;
use crate::expiry::{Expiry, Left};
use crate::failure::Failure;
use crate::given::Given;
use crate::keys::KeyArguments;
use crate::name::Name;
use crate::printable::Printable;
use crate::progress::Progress;

/// Tell whether a token allows a path, and why not.
///
/// The verdict is that of the module: the same code, the keys tried in the same order. Exit status 0
/// is "allowed", 1 anything else. The path is compared as it is given: decoded, as nginx compares it.
/// Without --path, it is that of the URL, decoded and normalised as nginx does.
#[derive(Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  pta verify --config /etc/nginx/nginx.conf 'https://example.com/a.mp4?pta=...'
  pta verify --key-file 1st.key --iv-file 1st.iv --path /live/1.ts 3174ffad10cc165d...
  pta verify --config nginx.conf --now 2026-01-05T10:00:00Z --path /a.mp4 3174ffad10cc165d...

With --batch, lines of \"path TAB token\" are read, and one word is printed for each, as in $pta_status:
ALLOWED, MISSING (a line without a tab), MALFORMED, UNDECRYPTABLE, EXPIRED or PATH_MISMATCH.
The exit status is 0 then, whatever the words are.

Environment: PTA_KEY and PTA_IV are the 1st pair, PTA_2ND_KEY and PTA_2ND_IV the 2nd; other users cannot
see them, and they count only where no option above names keys."
)]
pub(crate) struct Arguments {
    /// The token, a URL with a token in it, or - for standard input
    #[arg(value_name = "TOKEN|URL|-", required_unless_present = "batch")]
    token: Option<OsString>,

    /// The path that is asked for, decoded [default: that of the URL]
    #[arg(long)]
    path: Option<OsString>,

    /// Judge lines of "path TAB token" on standard input
    #[arg(long, conflicts_with_all = ["token", "path", "name"])]
    batch: bool,

    #[command(flatten)]
    name: Name,

    #[command(flatten)]
    clock: Clock,

    #[command(flatten)]
    keys: KeyArguments,
}

pub(crate) fn run(arguments: &Arguments, output: &mut impl Write) -> Result<(), Failure> {
    let keys = arguments.keys.find()?;
    let ring = keys.ring()?;
    let now = arguments.clock.now()?;
    let Some(token) = &arguments.token else {
        arguments.keys.warn_if_visible();
        return batch(&ring, now, output);
    };
    let name = arguments.name.or(keys.name.as_deref())?;
    let given = Given::read(token)?;
    let path = match (&arguments.path, given.url()?) {
        (Some(path), _) => path.as_bytes().to_vec(),
        (None, Some(url)) => url.path().map_err(|error| Failure::Usage(error.to_string()))?,
        (None, None) => return Err(Failure::Usage("--path is needed beside a token".to_owned())),
    };
    let mut buffer = Vec::new();
    let verdict = match given.token(name)? {
        Some(token) => judge(&ring, token, &mut buffer, now, &path),
        None => Verdict::Missing,
    };
    arguments.keys.warn_if_visible();
    match verdict {
        Verdict::Allowed(claims) => {
            let left = Left { expires: claims.expires, now };
            write!(output, "allowed, {left} left ({})", Expiry(claims.expires).date())?;
            writeln!(
                output,
                "{}",
                if keys.are_two() { format!(", {} key", claims.pair) } else { String::new() }
            )?;
            return Ok(());
        }
        Verdict::Missing => writeln!(output, "the URL has no argument \"{name}\"")?,
        Verdict::Malformed => writeln!(output, "{}", DecodeError::Malformed)?,
        Verdict::Undecryptable => writeln!(output, "{}", DecodeError::Undecryptable)?,
        Verdict::Expired(claims) => {
            let left = Left { expires: claims.expires, now };
            writeln!(output, "{left} ({})", Expiry(claims.expires).date())?;
        }
        Verdict::PathMismatch(claims) => {
            let pattern = claims.path.as_bytes();
            writeln!(output, "path \"{}\" does not match \"{}\"", Printable(&path), Printable(pattern))?;
        }
    }
    Err(Failure::Refused)
}

fn batch(ring: &KeyRing, now: Timestamp, output: &mut impl Write) -> Result<(), Failure> {
    let mut buffer = Vec::new();
    batch::each_line(io::stdin().lock(), output, Progress::of_stdin(), |line, output| {
        let (path, token) = batch::at_tab(line);
        let verdict = token.map_or(Verdict::Missing, |token| judge(ring, token, &mut buffer, now, path));
        Ok(writeln!(output, "{}", word(&verdict))?)
    })
}

fn judge<'b>(
    ring: &KeyRing,
    token: &[u8],
    buffer: &'b mut Vec<u8>,
    now: Timestamp,
    path: &[u8],
) -> Verdict<'b> {
    buffer.resize(buffer_len(token.len()).max(buffer.len()), 0);
    check(ring, token, buffer, now.as_second(), path)
}

/// The word of `$pta_status`.
fn word(verdict: &Verdict<'_>) -> &'static str {
    match verdict {
        Verdict::Allowed(_) => "ALLOWED",
        Verdict::Missing => "MISSING",
        Verdict::Malformed => "MALFORMED",
        Verdict::Undecryptable => "UNDECRYPTABLE",
        Verdict::Expired(_) => "EXPIRED",
        Verdict::PathMismatch(_) => "PATH_MISMATCH",
    }
}
