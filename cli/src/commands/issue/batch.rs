//! `pta issue --batch`: a token for each line of standard input.

use std::fmt::Display;
use std::io::{self, Write};

use pta_token::{PathPattern, escape_stars};

use super::signer::Signer;
use super::times::Times;
use super::unsealed;
use crate::batch::progress::Progress;
use crate::batch::warnings::BatchWarnings;
use crate::batch::{at_tab, each_line};
use crate::failure::Failure;
use crate::keys::found::{FoundKeys, SURPLUS};
use crate::link::path_advice::GivenPath;

/// What the command line says about all lines.
#[derive(Clone, Copy)]
pub(super) struct Given {
    pub(super) escape: bool,
    pub(super) expires: Option<i64>,
    /// How many values the seals are bound to.
    pub(super) values: usize,
}

pub(super) fn run(
    signer: &Signer<'_>,
    keys: &FoundKeys,
    given: Given,
    times: &Times,
    output: &mut impl Write,
) -> Result<(), Failure> {
    let invalid = |error: &dyn Display| Failure::Invalid(error.to_string());
    let mut warnings = BatchWarnings::default();
    let result = each_line(io::stdin().lock(), output, Progress::of_stdin(), |number, line, output| {
        let (path, expires) = at_tab(line);
        let mut advice = GivenPath { text: path, stars_are_literal: given.escape }.advice();
        let expires = match expires {
            Some(text) => {
                let text = String::from_utf8_lossy(text);
                let expires = times.expiry(&text).map_err(|error| invalid(&error))?;
                advice.extend(times.past(&text, expires));
                expires
            }
            None => given.expires.ok_or_else(|| {
                invalid(&"the path must be followed by a tab and a time, or --expires must be given")
            })?,
        };
        let path = if given.escape { escape_stars(path) } else { path.into() };
        if keys.seal_rules.depend_on_path(given.values) {
            let pattern = PathPattern::parse(&path).map_err(|error| invalid(&error))?;
            let surplus = keys.check_bind(&pattern, given.values).map_err(|error| invalid(&error))?;
            let unsealed = unsealed(signer, keys.seal_demand(&pattern));
            let surplus = surplus.map(|_| SURPLUS);
            advice.extend([surplus, unsealed].into_iter().flatten().map(str::to_owned));
            advice.extend(keys.unread_include(&pattern));
        }
        let token = signer.token(expires, &path, |error| invalid(&error))?;
        warnings.add(number, &advice);
        output.write_all(token.as_bytes())?;
        Ok(output.write_all(b"\n")?)
    });
    warnings.finish();
    result
}
