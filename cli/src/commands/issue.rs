//! `pta issue`: makes tokens.

mod batch;
mod cookie;
mod signer;
mod times;

use std::ffi::OsString;
use std::fmt::Display;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;

use clap::{Args, ValueHint};
use pta_token::{PairId, PathPattern, PatternError, escape_stars};

use crate::failure::{Failure, warn};
use crate::keys::found::{NO_TARGET, SURPLUS};
use crate::keys::seal_rules::{Redirect, SealDemand};
use crate::link::host::Host;
use crate::link::path_advice::GivenPath;
use crate::link::url::Url;
use crate::options::clock::Clock;
use crate::options::key_source::KeyArguments;
use crate::options::name::Name;
use crate::options::pair;
use crate::text::printable::Printable;
use batch::Given;
use cookie::{Cookie, CookieArguments};
use signer::{SealArguments, Signer};
use times::Times;

/// Print a token, or a link or cookie with one in it
///
/// A token allows requests for a path until a time. Write the path decoded. One * in it matches
/// anything, / included, and \* is a literal star. With --url, the path is taken from the URL,
/// decoded and normalised as nginx does. Its stars are literal.
///
/// If the pair has a seal key, the token is sealed: nobody without that key can forge it.
#[derive(Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  pta issue --config /etc/nginx/nginx.conf --expires +1h --url 'https://example.com/a.mp4?lang=en'
  pta issue --pair-file /etc/nginx/keys/1st.pair --path '/live/*' --expires +7d --align 1h
  pta issue --config nginx.conf --server example.com --path '/live/*' --expires +12h --cookie
  printf '/a.mp4\\t+1h\\n/b.mp4\\t2026-01-05T10:00:00Z\\n' | pta issue --config nginx.conf --batch

Environment: PTA_KEY and PTA_IV are the 1st pair, PTA_2ND_KEY and PTA_2ND_IV the 2nd, and PTA_SEAL_KEY and
PTA_2ND_SEAL_KEY their seal keys. They are used only if no option above names keys. Other users cannot
see them."
)]
pub(crate) struct Arguments {
    /// The path to allow, decoded; one * matches anything, \* is a literal star
    #[arg(long, required_unless_present_any = ["url", "batch"], value_hint = ValueHint::Other)]
    path: Option<OsString>,

    /// Take every * in the path as a literal star
    #[arg(long)]
    escape: bool,

    /// When it expires: +90m, +7d, 2026-01-05T10:00:00Z or Unix seconds
    #[arg(
        long,
        value_name = "TIME",
        value_hint = ValueHint::Other,
        allow_hyphen_values = true,
        required_unless_present = "batch"
    )]
    expires: Option<String>,

    /// Round the expiry up to a multiple of this length (5m), so that links stay the same for a
    /// while and are cached
    #[arg(long, value_name = "LENGTH", value_hint = ValueHint::Other)]
    align: Option<String>,

    /// Print this URL with the token in its query; an existing token is replaced
    #[arg(long, value_name = "URL", value_hint = ValueHint::Other)]
    url: Option<OsString>,

    /// Print a Set-Cookie line
    #[arg(long)]
    cookie: bool,

    #[command(flatten)]
    cookie_attributes: CookieArguments,

    /// Read lines of "path TAB time" and print a token for each; lines without a time take
    /// --expires
    #[arg(long, conflicts_with_all = ["path", "url", "cookie", "name"])]
    batch: bool,

    #[command(flatten)]
    seal: SealArguments,

    #[command(flatten)]
    name: Name,

    #[command(flatten)]
    clock: Clock,

    /// Which pair of --config, the pair files or the environment to use: 1st or 2nd [default: 1st,
    /// or the only one]
    #[arg(
        long,
        value_name = "PAIR",
        value_parser = pair::parser(),
        hide_possible_values = true,
        conflicts_with_all = ["key", "key_file"]
    )]
    pair: Option<PairId>,

    #[command(flatten)]
    keys: KeyArguments,
}

/// A warning if the token has no seal, and nginx does not accept it for that reason.
fn unsealed(signer: &Signer<'_>, demand: SealDemand) -> Option<&'static str> {
    match demand {
        _ if signer.seals() => None,
        SealDemand::No | SealDemand::Bound => None,
        SealDemand::Required => {
            Some("the token has no seal, which \"pta_require_seal\" demands: the pair has no seal key")
        }
        SealDemand::PerhapsRequired => Some(
            "the token has no seal, which \"pta_require_seal\" demands in a location that may be for the path: the pair \
             has no seal key",
        ),
    }
}

/// A warning if the path in a URL is not that of the token.
fn path_objection(pattern: &PathPattern<'_>, path: &[u8]) -> Option<String> {
    let text = pattern.as_bytes();
    let objection = || {
        let (path, text) = (Printable(path), Printable(text));
        format!("the token will not open this URL: path \"{path}\" does not match \"{text}\"")
    };
    (!pattern.matches(path)).then(objection)
}

/// A warning if nginx cannot redirect from a URL to the path of the token.
fn target_objection(pattern: &PathPattern<'_>, is_named: bool) -> Option<String> {
    if !is_named {
        Some(
            "--url: \"pta_accel_redirect\" applies to this URL, so --path must name the file that the token is for"
                .to_owned(),
        )
    } else if !pattern.is_redirect_target() {
        Some(format!("the token will not open this URL: {NO_TARGET}"))
    } else {
        None
    }
}

pub(crate) fn run(arguments: &Arguments, output: &mut impl Write) -> Result<(), Failure> {
    let refuse_url = |error: &dyn Display| Failure::Usage(format!("--url: {error}"));
    let url = arguments.url.as_ref().map(|url| Url::parse(url.as_bytes())).transpose();
    let url = url.map_err(|error| refuse_url(&error))?;
    let host = url.as_ref().and_then(Host::of);
    let keys = arguments.keys.find_for(host.as_ref(), arguments.pair)?;
    let values = arguments.seal.values()?;
    let signer = Signer::new(keys.pair(arguments.pair)?, keys.source, &values, &arguments.seal)?;
    let times = Times::new(&arguments.clock, arguments.align.as_deref())?;
    let refuse_time = |error: &dyn Display| Failure::Usage(format!("--expires: {error}"));
    let expires = arguments.expires.as_ref().map(|text| times.expiry(text)).transpose();
    let expires = expires.map_err(|error| refuse_time(&error))?;
    if arguments.batch {
        keys.warn();
        if !keys.seal_rules.depend_on_path(values.len()) {
            unsealed(&signer, keys.seal_demand_of_server()).into_iter().for_each(warn);
        }
        if let (Some(text), Some(expires)) = (&arguments.expires, expires) {
            times.past(text, expires).iter().for_each(|warning| warn(&format!("--expires: {warning}")));
        }
        let given = Given { escape: arguments.escape, expires, values: values.len() };
        return batch::run(&signer, &keys, given, &times, output);
    }
    let (Some(text), Some(expires)) = (&arguments.expires, expires) else {
        return Err(Failure::Usage("--expires is required".to_owned()));
    };
    let name = arguments.name.or(keys.name.as_deref())?;
    let url_path = url.as_ref().map(Url::path).transpose().map_err(|error| refuse_url(&error))?;
    let pattern = match (&arguments.path, &url_path) {
        (Some(path), _) if arguments.escape => escape_stars(path.as_bytes()),
        (Some(path), _) => path.as_bytes().into(),
        (None, Some(path)) => escape_stars(path),
        (None, None) => return Err(Failure::Usage("--path or --url is required".to_owned())),
    };
    let refuse_path = |error: PatternError| Failure::Usage(format!("--path: {error}"));
    let parsed = PathPattern::parse(&pattern).map_err(refuse_path)?;
    // With `pta_accel_redirect`, the location of the URL checks a token for another path.
    let literal = url_path.as_deref().map(escape_stars);
    let entrance = literal.as_deref().and_then(|path| PathPattern::parse(path).ok());
    let redirect = entrance.map_or(Redirect::No, |entrance| keys.redirect(&entrance));
    let requested = entrance.filter(|_| redirect == Redirect::Yes).unwrap_or(parsed);
    let surplus = keys
        .check_bind(&requested, values.len())
        .map_err(|error| Failure::Usage(format!("--bind: {error}")))?;
    let token = signer.token(expires, &pattern, refuse_path)?;
    let cookie = Cookie { name, token: &token, pattern: parsed, expires, now: times.now };
    let line = if arguments.cookie { Some(arguments.cookie_attributes.set_cookie(&cookie)?) } else { None };

    // Warnings are shown only after all errors are excluded.
    keys.warn();
    unsealed(&signer, keys.seal_demand(&requested)).into_iter().for_each(warn);
    times.past(text, expires).iter().for_each(|warning| warn(&format!("--expires: {warning}")));
    keys.unread_include(&requested).iter().for_each(|warning| warn(warning));
    if surplus.is_some() {
        warn(&format!("--bind: {SURPLUS}"));
    }
    if let Some(path) = &arguments.path {
        let given = GivenPath { text: path.as_bytes(), stars_are_literal: arguments.escape };
        given.advice().iter().for_each(|advice| warn(&format!("--path: {advice}")));
    } else if url.as_ref().is_some_and(|url| url.raw_path().contains(&b'*')) {
        warn("--url: its \"*\" is literal; for a wildcard add --path");
    }
    if let Some(path) = &url_path {
        let objection = match redirect {
            Redirect::No => path_objection(&parsed, path),
            Redirect::Yes => target_objection(&parsed, arguments.path.is_some()),
            Redirect::Perhaps => None,
        };
        if let Some(objection) = objection {
            warn(&objection);
        }
    }
    if let Some(line) = line {
        arguments.cookie_attributes.warn(&cookie, host.as_ref());
        writeln!(output, "{line}")?;
    } else if let Some(url) = url {
        output.write_all(&url.with_argument(name, &token))?;
        writeln!(output)?;
    } else {
        writeln!(output, "{token}")?;
    }
    Ok(())
}
