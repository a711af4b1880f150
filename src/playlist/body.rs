//! The body of a playlist: it is collected, signed and sent.

use crate::nginx::body_filter::{BodyStep, Chain};
use crate::nginx::fault::{self, Stage};
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::playlist::conf::Playlist;
use crate::playlist::held::Held;
use crate::playlist::refusal::Refusal;
use crate::playlist::sign::{Signed, sign};
use crate::playlist::source::Source;
use crate::playlist::{header, log};

pub(super) fn filter<'r>(request: Request<'r>, chain: Chain<'r>) -> Result<BodyStep<'r>, OutOfMemory> {
    let main = request.main();
    let Some(held) = main.context::<Playlist>().filter(|held| held.is_holding()) else {
        return Ok(BodyStep::PassOn);
    };
    let Some(source) = Source::of(main) else { return Ok(BodyStep::Close) };
    let is_main = request.is_main();
    if !is_main && !request.is_part_of_response() {
        return Ok(BodyStep::PassOn);
    }
    if !is_main || request.has_subrequests() {
        // The header has not been sent, so nothing else may be sent. nginx cannot answer with an
        // error page here, because the subrequest belongs to the old response.
        log::subrequests(main, &source);
        held.end();
        return Ok(BodyStep::Close);
    }
    if chain.is_empty() {
        return Ok(BodyStep::Hold);
    }
    match collect(request, held, &source, chain) {
        Ok(step) => step,
        Err(refusal) => {
            log::refusal(request, &source, refusal);
            held.end();
            Ok(BodyStep::Refuse(refusal.status(request)))
        }
    }
}

type Step<'r> = Result<BodyStep<'r>, OutOfMemory>;

fn collect<'r>(
    request: Request<'r>,
    held: &'r Held,
    source: &Source<'r>,
    chain: Chain<'r>,
) -> Result<Step<'r>, Refusal> {
    if let Some(body) = sole_body(held, chain) {
        // No copy: most playlists that are not long come in one piece.
        return finish(request, held, source, Body::Passing(body, chain));
    }
    let mut is_last = false;
    for buffer in chain.buffers() {
        held.collect(buffer.bytes().ok_or(Refusal::NotInMemory)?)?;
        is_last |= buffer.is_last();
        buffer.consume();
    }
    if !is_last {
        return Ok(Ok(BodyStep::Hold));
    }
    finish(request, held, source, Body::Collected(held.take()))
}

/// The body, if it is complete and in one piece of memory.
fn sole_body<'r>(held: &Held, chain: Chain<'r>) -> Option<&'r [u8]> {
    if !held.is_empty() {
        return None;
    }
    let mut body: &[u8] = &[];
    let mut is_last = false;
    for buffer in chain.buffers() {
        let bytes = buffer.bytes()?;
        if !body.is_empty() && !bytes.is_empty() {
            return None;
        }
        if body.is_empty() {
            body = bytes;
        }
        is_last |= buffer.is_last();
    }
    is_last.then_some(body)
}

/// A complete body.
enum Body<'r> {
    /// It is in nginx's buffers, which have not been consumed.
    Passing(&'r [u8], Chain<'r>),
    Collected(Vec<u8>),
}

fn finish<'r>(
    request: Request<'r>,
    held: &'r Held,
    source: &Source<'r>,
    body: Body<'r>,
) -> Result<Step<'r>, Refusal> {
    let bytes = match &body {
        Body::Passing(bytes, _) => bytes,
        Body::Collected(bytes) => bytes.as_slice(),
    };
    if bytes.len() > held.max_size() {
        return Err(Refusal::TooLong(held.max_size()));
    }
    if fault::out_of_memory(Stage::Request, request.log()) {
        return Err(Refusal::Memory);
    }
    let signed = sign(request, source, bytes)?;
    held.end();
    Ok(send(request, held, signed, body))
}

fn send<'r>(request: Request<'r>, held: &'r Held, signed: Signed, body: Body<'r>) -> Step<'r> {
    let new = match signed {
        Signed::NoPlaylist => None,
        Signed::Unchanged => {
            let len = match &body {
                Body::Passing(bytes, _) => bytes.len(),
                Body::Collected(bytes) => bytes.len(),
            };
            header::set(request, Some(len))?;
            None
        }
        Signed::Changed(text) => {
            header::set(request, Some(text.len()))?;
            Some(text)
        }
    };
    Ok(match (new, body) {
        (None, Body::Passing(..)) => BodyStep::Release,
        (None, Body::Collected(bytes)) => BodyStep::Send(held.keep(bytes)),
        (Some(text), Body::Passing(_, chain)) => {
            for buffer in chain.buffers() {
                buffer.consume();
            }
            BodyStep::Send(held.keep(text))
        }
        (Some(text), Body::Collected(_)) => BodyStep::Send(held.keep(text)),
    })
}
