//! `$pta_playlist`: how many references of the playlist got the token.

use pta_http::writer::Writer;
use pta_playlist::Counts;

use crate::nginx::conf::{Conf, Logged};
use crate::nginx::lasting::Lasting;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::nginx::tag::Tag;
use crate::nginx::variable::{self, Variable, digits};

static VARIABLES: [Variable; 1] = [("pta_playlist", value)];

pub(super) fn register(cf: Conf<'_>) -> Result<(), Logged> {
    variable::register(cf, &VARIABLES)
}

/// nginx clears contexts if a later filter replaces the response, so this is not in a context.
enum Noted {}

// SAFETY: only this function uses the static.
unsafe impl Lasting for Noted {
    type Of<'r> = Counts;

    fn tag() -> &'static Tag {
        static TAG: Tag = Tag::new();
        &TAG
    }
}

pub(super) fn note(request: Request<'_>, counts: Counts) -> Result<(), OutOfMemory> {
    request.allocate_lasting::<Noted>(counts).map(drop)
}

/// `signed/seen`
fn value(request: Request<'_>) -> Result<Option<&[u8]>, OutOfMemory> {
    let Some(counts) = request.main().find_lasting::<Noted>() else { return Ok(None) };
    let number = |count: u64| digits(request, i64::try_from(count).ok());
    let signed = number(counts.signed)?.unwrap_or_default();
    let seen = number(counts.seen)?.unwrap_or_default();
    let len = signed.len().saturating_add(seen.len()).saturating_add(1);
    let mut text = Writer::new(request.allocate_bytes(len)?);
    for part in [signed, b"/", seen] {
        text.push(part);
    }
    Ok(Some(text.finish()))
}
