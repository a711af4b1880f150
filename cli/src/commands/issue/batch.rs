//! `pta issue --batch`: a token for each line of standard input.

use std::fmt::Display;
use std::io::{self, Write};

use pta_token::{KeyPair, escape_stars};

use super::times::Times;
use crate::batch::progress::Progress;
use crate::batch::warnings::BatchWarnings;
use crate::batch::{at_tab, each_line};
use crate::failure::Failure;
use crate::link::path_advice::GivenPath;

pub(super) fn run(
    pair: &KeyPair,
    escape: bool,
    default_expires: Option<i64>,
    times: &Times,
    output: &mut impl Write,
) -> Result<(), Failure> {
    let invalid = |error: &dyn Display| Failure::Invalid(error.to_string());
    let mut warnings = BatchWarnings::default();
    let result = each_line(io::stdin().lock(), output, Progress::of_stdin(), |number, line, output| {
        let (path, expires) = at_tab(line);
        let mut advice = GivenPath { text: path, stars_are_literal: escape }.advice();
        let expires = match expires {
            Some(text) => {
                let text = String::from_utf8_lossy(text);
                let expires = times.expiry(&text).map_err(|error| invalid(&error))?;
                advice.extend(times.past(&text, expires));
                expires
            }
            None => default_expires.ok_or_else(|| {
                invalid(&"the path must be followed by a tab and a time, or --expires must be given")
            })?,
        };
        let path = if escape { escape_stars(path) } else { path.into() };
        let token = pta_token::encode(pair, expires, &path).map_err(|error| invalid(&error))?;
        warnings.add(number, &advice);
        output.write_all(token.as_bytes())?;
        Ok(output.write_all(b"\n")?)
    });
    warnings.finish();
    result
}
