//! Recognises a playlist and rewrites it.

use std::borrow::Cow;

use crate::job::{Counts, Job, Settings};
use crate::request::{Request, Token};
use crate::stop::{Stop, XmlError};
use crate::{dash, hls};

/// What becomes of a response that may be a playlist.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome<'p> {
    /// It is no playlist, and goes out as it is.
    NoPlaylist,
    /// It is XML that cannot be read, and goes out as it is.
    NotWellFormed(XmlError),
    /// The playlist with its token.
    Rewritten(Rewritten<'p>),
    /// It is longer than the limit, before or after rewriting, or would take too many steps.
    TooLarge,
    /// There is not enough memory.
    OutOfMemory,
}

/// A playlist whose references have the token.
#[derive(Debug, PartialEq, Eq)]
pub struct Rewritten<'p> {
    /// The new playlist, or the old one if nothing had to change.
    pub text: Cow<'p, [u8]>,
    /// References, and those that got the token.
    pub counts: Counts,
    /// Whether there are references to the same host, and the token allows none of them.
    pub is_useless: bool,
    /// Whether references of an MPD are not signed because a BaseURL leads to another host, or
    /// because clients may disagree about it.
    pub has_other_base: bool,
}

/// Adds the token to all references of a playlist that certainly go to the request's host, and
/// whose paths the token allows.
#[must_use]
pub fn rewrite<'p>(
    playlist: &'p [u8],
    request: &Request<'_>,
    token: &Token<'_>,
    settings: &Settings<'_>,
) -> Outcome<'p> {
    match try_rewrite(playlist, request, token, settings) {
        Ok(outcome) => outcome,
        Err(Stop::NoPlaylist) => Outcome::NoPlaylist,
        Err(Stop::Xml(error)) => Outcome::NotWellFormed(error),
        Err(Stop::TooLarge) => Outcome::TooLarge,
        Err(Stop::OutOfMemory) => Outcome::OutOfMemory,
    }
}

fn try_rewrite<'p>(
    playlist: &'p [u8],
    request: &Request<'_>,
    token: &Token<'_>,
    settings: &Settings<'_>,
) -> Result<Outcome<'p>, Stop> {
    let text = playlist.strip_prefix(b"\xef\xbb\xbf").unwrap_or(playlist);
    let is_hls = text.starts_with(hls::MAGIC);
    if !is_hls && !dash::may_be(text) {
        return Ok(Outcome::NoPlaylist);
    }
    let mut job = Job::new(playlist.len(), request, *token, settings)?;
    if is_hls {
        hls::rewrite(playlist, text, request, &mut job)?;
    } else {
        dash::rewrite(playlist, text, request, &mut job)?;
    }
    let text = job.edits.apply(playlist)?.map_or(Cow::Borrowed(playlist), Cow::Owned);
    let (is_useless, has_other_base) = (job.is_useless(), job.has_other_base());
    Ok(Outcome::Rewritten(Rewritten { text, counts: job.counts, is_useless, has_other_base }))
}
