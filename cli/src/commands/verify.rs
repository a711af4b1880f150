//! `pta verify`: the verdict of the module on a token.

mod answer;
mod verdict;

use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;

use clap::{Args, ValueHint};
use pta_token::{Binding, KeyRing, PathPattern, escape_stars};

use crate::batch;
use crate::batch::progress::Progress;
use crate::failure::{Failure, warn};
use crate::link::path_advice::GivenPath;
use crate::options::bind::{self, BindArguments};
use crate::options::clock::Clock;
use crate::options::given::Given;
use crate::options::key_source::KeyArguments;
use crate::options::name::Name;
use answer::Answer;
use verdict::Verdict;

/// Check whether a token allows a path, and say why not.
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
    bind: BindArguments,

    #[command(flatten)]
    name: Name,

    #[command(flatten)]
    clock: Clock,

    #[command(flatten)]
    keys: KeyArguments,
}

impl Arguments {
    pub(crate) fn is_batch(&self) -> bool {
        self.batch
    }
}

pub(crate) fn run(arguments: &Arguments, output: &mut impl Write) -> Result<(), Failure> {
    let values = arguments.bind.values()?;
    let binding = bind::binding(&values)?;
    let Some(token) = &arguments.token else {
        let keys = arguments.keys.find(None)?;
        let ring = keys.ring()?;
        let now = arguments.clock.now()?;
        keys.warn();
        return batch(&ring, binding, now, arguments.json.then(|| keys.has_two_pairs()), output);
    };
    let given = Given::read(token)?;
    let keys = arguments.keys.find(given.host()?.as_ref())?;
    let ring = keys.ring()?;
    let now = arguments.clock.now()?;
    let name = arguments.name.or(keys.name.as_deref())?;
    let path = match (&arguments.path, given.url()?) {
        (Some(path), _) => path.as_bytes().to_vec(),
        (None, Some(url)) => url.path().map_err(|error| Failure::Usage(error.to_string()))?,
        (None, None) => return Err(Failure::Usage("--path is required with a token".to_owned())),
    };
    let mut buffer = Vec::new();
    let pattern = escape_stars(&path);
    if let Ok(pattern) = PathPattern::parse(&pattern) {
        keys.check_bind(&pattern, values.len())
            .map_err(|error| Failure::Usage(format!("--bind: {error}")))?;
    }
    let token = given.token(name)?;
    let verdict = Verdict::of(&ring, binding, token, &mut buffer, now, &path);
    let explanation = verdict.explanation(&ring, token);
    keys.warn();
    if let Some(path) = &arguments.path {
        let given = GivenPath { text: path.as_bytes(), stars_are_literal: true };
        given.advice().iter().for_each(|advice| warn(&format!("--path: {advice}")));
    }
    let answer = Answer {
        verdict: &verdict,
        path: &path,
        name: Some(name),
        now,
        has_two_pairs: keys.has_two_pairs(),
        explanation,
    };
    if arguments.json {
        writeln!(output, "{}", answer.json()?)?;
    } else {
        writeln!(output, "{}", answer.sentence())?;
    }
    verdict.result.map(|_| ()).map_err(|_| Failure::Refused)
}

/// With `json`, answers in JSON. Its value is whether there are two pairs.
fn batch(
    ring: &KeyRing,
    binding: Binding<'_>,
    now: i64,
    json: Option<bool>,
    output: &mut impl Write,
) -> Result<(), Failure> {
    let mut buffer = Vec::new();
    batch::each_line(io::stdin().lock(), output, Progress::of_stdin(), |_, line, output| {
        let (path, token) = batch::at_tab(line);
        let verdict = Verdict::of(ring, binding, token, &mut buffer, now, path);
        let explanation = verdict.explanation(ring, token);
        match json {
            None => writeln!(output, "{}", verdict.word())?,
            Some(has_two_pairs) => {
                let answer = Answer { verdict: &verdict, path, name: None, now, has_two_pairs, explanation };
                writeln!(output, "{}", answer.json()?)?;
            }
        }
        Ok(())
    })
}
