//! `pta issue`: makes tokens.

use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;

use clap::Args;
use jiff::Timestamp;
use pta_token::{KeyPair, PathPattern, PatternError};

use crate::batch;
use crate::clock::Clock;
use crate::cookie::set_cookie;
use crate::expiry;
use crate::failure::{Failure, warn};
use crate::keys::{KeyArguments, PairName};
use crate::name::Name;
use crate::printable::Printable;
use crate::progress::Progress;
use crate::star;
use crate::url::Url;

/// Print a token, or a link or cookie with one in it.
///
/// A token allows a path until a time. The path is the one that the visitor asks for, decoded;
/// one * in it stands for anything, / included, and \* for a literal star. With --url the path
/// is that of the URL, decoded and normalised as nginx does, its stars taken literally.
#[derive(Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  pta issue --config /etc/nginx/nginx.conf --expires +1h --url 'https://example.com/a.mp4?lang=en'
  pta issue --key-file 1st.key --iv-file 1st.iv --path '/live/*' --expires +7d
  pta issue --config nginx.conf --server example.com --path '/live/*' --expires +12h --cookie
  printf '/a.mp4\\t+1h\\n/b.mp4\\t2026-01-05T10:00:00Z\\n' | pta issue --config nginx.conf --batch

Environment: PTA_KEY and PTA_IV are the 1st pair, PTA_2ND_KEY and PTA_2ND_IV the 2nd; other users cannot
see them, and they count only where no option above names keys."
)]
pub(crate) struct Arguments {
    /// The path to allow, decoded; one * matches anything, \* is a literal star
    #[arg(long, required_unless_present_any = ["url", "batch"])]
    path: Option<OsString>,

    /// Take every * of the path as a literal one
    #[arg(long)]
    escape: bool,

    /// When it expires: +90m, +7d, 2026-01-05T10:00:00Z or Unix seconds
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, required_unless_present = "batch")]
    expires: Option<String>,

    /// Print this URL with the token in its query, in place of one that is there
    #[arg(long, value_name = "URL")]
    url: Option<OsString>,

    /// Print a Set-Cookie line
    #[arg(long)]
    cookie: bool,

    /// Read lines of "path TAB time" and print a token for each; lines without a time take --expires
    #[arg(long, conflicts_with_all = ["path", "url", "cookie", "name"])]
    batch: bool,

    #[command(flatten)]
    name: Name,

    #[command(flatten)]
    clock: Clock,

    /// Which pair of --config or of the environment to use: 1st or 2nd [default: 1st, or the only one]
    #[arg(long, value_name = "PAIR", hide_possible_values = true, conflicts_with_all = ["key", "key_file"])]
    pair: Option<PairName>,

    #[command(flatten)]
    keys: KeyArguments,
}

pub(crate) fn run(arguments: &Arguments, output: &mut impl Write) -> Result<(), Failure> {
    let keys = arguments.keys.find()?;
    let pair = keys.pair(arguments.pair)?;
    let now = arguments.clock.now()?;
    let expires = match &arguments.expires {
        Some(text) => {
            Some(expiry::parse(text, now).map_err(|error| Failure::Usage(format!("--expires: {error}")))?)
        }
        None => None,
    };
    if arguments.batch {
        arguments.keys.warn_if_visible();
        return batch(&pair, arguments.escape, expires, now, output);
    }
    let expires = expires.ok_or_else(|| Failure::Usage("--expires is needed".to_owned()))?;
    let name = arguments.name.or(keys.name.as_deref())?;
    let refuse_url = |error: &dyn std::fmt::Display| Failure::Usage(format!("--url: {error}"));
    let url = arguments.url.as_ref().map(|url| Url::parse(url.as_bytes())).transpose();
    let url = url.map_err(|error| refuse_url(&error))?;
    let url_path = url.as_ref().map(Url::path).transpose().map_err(|error| refuse_url(&error))?;
    let pattern = match (&arguments.path, &url_path) {
        (Some(path), _) if arguments.escape => star::escape(path.as_bytes()),
        (Some(path), _) => path.as_bytes().into(),
        (None, Some(path)) => star::escape(path),
        (None, None) => return Err(Failure::Usage("--path or --url is needed".to_owned())),
    };
    let refuse_path = |error: PatternError| Failure::Usage(format!("--path: {error}"));
    let token = pta_token::encode(&pair, expires, &pattern).map_err(refuse_path)?;
    let parsed = PathPattern::parse(&pattern).map_err(refuse_path)?;
    arguments.keys.warn_if_visible();
    if let Some(path) = url_path.as_deref().filter(|path| !parsed.matches(path)) {
        warn(&format!(
            "the token will not open this URL: path \"{}\" does not match \"{}\"",
            Printable(path),
            Printable(&pattern)
        ));
    }
    if arguments.cookie {
        writeln!(output, "{}", set_cookie(name, &token, &parsed, expires, now))?;
    } else if let Some(url) = url {
        output.write_all(&url.with_argument(name, &token))?;
        writeln!(output)?;
    } else {
        writeln!(output, "{token}")?;
    }
    Ok(())
}

fn batch(
    pair: &KeyPair,
    escape: bool,
    default_expires: Option<i64>,
    now: Timestamp,
    output: &mut impl Write,
) -> Result<(), Failure> {
    let invalid = |error: &dyn std::fmt::Display| Failure::Invalid(error.to_string());
    batch::each_line(io::stdin().lock(), output, Progress::of_stdin(), |line, output| {
        let (path, expires) = batch::at_tab(line);
        let expires = match expires {
            Some(text) => {
                expiry::parse(&String::from_utf8_lossy(text), now).map_err(|error| invalid(&error))?
            }
            None => default_expires
                .ok_or_else(|| invalid(&"a tab and a time must follow the path, or --expires be given"))?,
        };
        let path = if escape { star::escape(path) } else { path.into() };
        let token = pta_token::encode(pair, expires, &path).map_err(|error| invalid(&error))?;
        output.write_all(token.as_bytes())?;
        Ok(output.write_all(b"\n")?)
    })
}
