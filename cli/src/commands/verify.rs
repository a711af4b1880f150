//! `pta verify`: the verdict of the module on a token.

mod answer;
mod verdict;

use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;

use clap::{Args, ValueHint};
use pta_token::{Binding, KeyRing, PathPattern, PlainRequest, Refusal, escape_stars};

use crate::batch;
use crate::batch::progress::Progress;
use crate::batch::warnings::BatchWarnings;
use crate::failure::{Failure, warn};
use crate::keys::found::{FoundKeys, NO_TARGET, SURPLUS};
use crate::keys::seal_rules::{Redirect, SealDemand, Surplus};
use crate::link::path_advice::GivenPath;
use crate::options::bind;
use crate::options::checking::Checking;
use crate::options::given::Given;
use answer::Answer;
use verdict::{Requested, Verdict};

/// Check whether a token allows a path, and say why not
///
/// The verdict is the same as in the module: the same code tries the keys in the same order. The
/// exit status is 0 if the token is allowed, and 1 if not. --path must be decoded and normalised,
/// as nginx compares it. Without --path, the path of the URL is decoded and normalised. If a seal is
/// bound, --bind says to what.
#[derive(Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  pta verify --config /etc/nginx/nginx.conf 'https://example.com/a.mp4?pta=...'
  pta verify --pair-file 1st.pair --path /live/1.ts 3174ffad10cc165d...
  pta verify --config nginx.conf --now 2026-01-05T10:00:00Z --path /a.mp4 3174ffad10cc165d...

With --batch, lines of \"path TAB token\" are read. For each, one word is printed, as in $pta_status:
ALLOWED, MISSING (a line without a tab), MALFORMED, UNDECRYPTABLE, EXPIRED or PATH_MISMATCH.
The exit status is 0 for all words.

Environment: PTA_KEY and PTA_IV are the 1st pair, PTA_2ND_KEY and PTA_2ND_IV the 2nd, and PTA_SEAL_KEY and
PTA_2ND_SEAL_KEY their seal keys. They are used only if no option above names keys. Other users cannot
see them."
)]
pub(crate) struct Arguments {
    /// The token, a URL with a token in it, or - for standard input
    #[arg(value_name = "TOKEN|URL|-", required_unless_present = "batch", value_hint = ValueHint::Other)]
    token: Option<OsString>,

    /// The requested path, decoded [default: the path of the URL]
    #[arg(long, value_hint = ValueHint::Other)]
    path: Option<OsString>,

    /// Check lines of "path TAB token" from standard input
    #[arg(long, conflicts_with_all = ["token", "path", "name"])]
    batch: bool,

    /// Print one JSON object, or one per line with --batch
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    checking: Checking,
}

impl Arguments {
    pub(crate) fn is_batch(&self) -> bool {
        self.batch
    }
}

pub(crate) fn run(arguments: &Arguments, output: &mut impl Write) -> Result<(), Failure> {
    let checking = &arguments.checking;
    let values = checking.bind.values()?;
    let binding = bind::binding(&values)?;
    let Some(token) = &arguments.token else {
        let keys = checking.keys.find(None)?;
        let check = Check::new(&keys, &values, binding, checking.clock.now()?)?;
        keys.warn();
        return batch(&check, arguments.json, output);
    };
    let given = Given::read(token)?;
    let keys = checking.keys.find(given.host()?.as_ref())?;
    let check = Check::new(&keys, &values, binding, checking.clock.now()?)?;
    let name = checking.name.or(keys.name.as_deref())?;
    let path = match (&arguments.path, given.url()?) {
        (Some(path), _) => path.as_bytes().to_vec(),
        (None, Some(url)) => url.path().map_err(|error| Failure::Usage(error.to_string()))?,
        (None, None) => return Err(Failure::Usage("--path is required with a token".to_owned())),
    };
    let mut buffer = Vec::new();
    let token = given.token(name)?;
    let checked = check.judge(&path, token, &mut buffer).map_err(Failure::Usage)?;
    keys.warn();
    checked.warnings.iter().for_each(|warning| warn(warning));
    if let Some(path) = &arguments.path {
        let given = GivenPath { text: path.as_bytes(), stars_are_literal: true };
        given.advice().iter().for_each(|advice| warn(&format!("--path: {advice}")));
    }
    let answer = check.answer(&checked, &path, token, Some(name));
    if arguments.json {
        writeln!(output, "{}", answer.json()?)?;
    } else {
        writeln!(output, "{}", answer.sentence())?;
    }
    checked.verdict.result.map(|_| ()).map_err(|_| Failure::Refused)
}

fn batch(check: &Check<'_>, json: bool, output: &mut impl Write) -> Result<(), Failure> {
    let mut buffer = Vec::new();
    let mut warnings = BatchWarnings::default();
    let result =
        batch::each_line(io::stdin().lock(), output, Progress::of_stdin(), |number, line, output| {
            let (path, token) = batch::at_tab(line);
            let checked = check
                .judge(path, token, &mut buffer)
                .map_err(|error| Failure::Usage(format!("line {number}: {error}")))?;
            warnings.add(number, &checked.warnings);
            if json {
                writeln!(output, "{}", check.answer(&checked, path, token, None).json()?)?;
            } else {
                writeln!(output, "{}", checked.verdict.word())?;
            }
            Ok(())
        });
    warnings.finish();
    result
}

const SURPLUS_IS_REFUSED: &str = "seal is bound to more values than \"pta_bind\" has for this path";

const MAY_REDIRECT: &str = "a location that may be for the path has \"pta_accel_redirect\", with which nginx does not \
                            compare the paths";

/// Checks tokens with the same keys, at the same time.
struct Check<'a> {
    keys: &'a FoundKeys,
    /// Accepts tokens without seal.
    any: KeyRing,
    only_sealed: KeyRing,
    values: &'a [&'a [u8]],
    binding: Binding<'a>,
    now: i64,
}

struct Checked<'b> {
    verdict: Verdict<'b>,
    explanation: Option<&'static str>,
    /// What is not known for certain, or does not fit.
    warnings: Vec<String>,
}

impl<'a> Check<'a> {
    fn new(
        keys: &'a FoundKeys,
        values: &'a [&'a [u8]],
        binding: Binding<'a>,
        now: i64,
    ) -> Result<Self, Failure> {
        Ok(Self { keys, any: keys.ring(false)?, only_sealed: keys.ring(true)?, values, binding, now })
    }

    /// The verdict on a request for `path`. The token is decrypted into `buffer`. An error if the
    /// location for the path needs more values.
    fn judge<'b>(
        &self,
        path: &[u8],
        token: Option<&[u8]>,
        buffer: &'b mut Vec<u8>,
    ) -> Result<Checked<'b>, String> {
        let keys = self.keys;
        let mut demand = keys.seal_demand_of_server();
        let mut surplus = None;
        let mut redirect = Redirect::No;
        let mut warnings = Vec::new();
        if keys.seal_rules.depend_on_path(self.values.len()) {
            // No token allows a path that is not a pattern.
            if let Ok(pattern) = PathPattern::parse(&escape_stars(path)) {
                let of_option = |text: &str| format!("--bind: {text}");
                surplus = keys.check_bind(&pattern, self.values.len()).map_err(|error| of_option(&error))?;
                warnings.extend(surplus.map(|_| of_option(SURPLUS)));
                warnings.extend(keys.unread_include(&pattern));
                demand = keys.seal_demand(&pattern);
                redirect = keys.redirect(&pattern);
            }
        }
        let demand = demand.with_values(self.values.len());
        let ring = if demand == SealDemand::No { &self.any } else { &self.only_sealed };
        let is_redirected = redirect == Redirect::Yes;
        let requested = Requested { plain: PlainRequest { now: self.now, path }, is_redirected };
        let verdict = Verdict::of(ring, self.binding, token, buffer, requested);
        // nginx compares the seal of such a token with that for fewer values.
        if surplus == Some(Surplus::IsRefused) && verdict.claims.is_some() {
            let verdict = Verdict { result: Err(Refusal::Undecryptable), claims: None };
            return Ok(Checked { verdict, explanation: Some(SURPLUS_IS_REFUSED), warnings });
        }
        let explanation = match verdict.result {
            Err(Refusal::PathMismatch) if is_redirected => Some(NO_TARGET),
            _ => verdict.explanation(ring, demand, token),
        };
        if redirect == Redirect::Perhaps && verdict.result.is_err_and(|error| error == Refusal::PathMismatch)
        {
            warnings.push(MAY_REDIRECT.to_owned());
        }
        Ok(Checked { verdict, explanation, warnings })
    }

    fn answer<'c>(
        &self,
        checked: &'c Checked<'c>,
        path: &'c [u8],
        token: Option<&'c [u8]>,
        name: Option<&'c str>,
    ) -> Answer<'c> {
        Answer {
            verdict: &checked.verdict,
            token,
            path,
            name,
            now: self.now,
            has_two_pairs: self.keys.has_two_pairs(),
            explanation: checked.explanation,
        }
    }
}
