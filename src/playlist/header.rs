//! The header of a playlist.

use nginx_sys::NGX_HTTP_HEAD;

use crate::caching;
use crate::nginx::header_filter::HeaderStep;
use crate::nginx::headers;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::playlist::candidate::{is_gzipped, may_be_playlist, objection};
use crate::playlist::conf::Playlist;
use crate::playlist::held::Held;
use crate::playlist::log;
use crate::playlist::refusal::Refusal;
use crate::playlist::source::Source;

/// The first header filter of nginx's chain.
pub(super) fn prepare(request: Request<'_>) {
    if Source::of(request).is_none() || !may_be_playlist(request) {
        return;
    }
    // The validators of the client belong to what the signed playlist was made of. An answer of 304
    // or 412 would not even be known for a playlist.
    request.disable_not_modified();
    if is_gzipped(request) {
        // With `gunzip on`, nginx then unpacks it for all clients.
        request.deny_gzip();
    }
}

/// The last header filter that can hold the response.
pub(super) fn hold(request: Request<'_>) -> Result<HeaderStep, OutOfMemory> {
    // nginx calls header filters again for an error page, and keeps the context then.
    request.clear_context::<Playlist>();
    let Some(source) = Source::of(request) else { return Ok(HeaderStep::PassOn) };
    if !may_be_playlist(request) {
        return Ok(HeaderStep::PassOn);
    }
    let max_size = source.conf.max_size();
    if let Some(refusal) = objection(request, max_size) {
        return Ok(refuse(request, &source, refusal));
    }
    if request.method() & NGX_HTTP_HEAD as usize != 0 {
        // nginx does not read the body, so its length is not known.
        set(request, None)?;
        return Ok(HeaderStep::PassOn);
    }
    let len = headers::content_length(request).and_then(|len| usize::try_from(len).ok());
    let held = request.allocate_droppable(Held::new(max_size, len))?;
    request.need_body_in_memory();
    // nginx cuts ranges out of a body before it comes here, but decides about them when the header
    // goes out, which is too late.
    headers::forbid_ranges(request);
    request.set_context::<Playlist>(held);
    Ok(HeaderStep::Hold)
}

fn refuse(request: Request<'_>, source: &Source<'_>, refusal: Refusal) -> HeaderStep {
    log::refusal(request, source, refusal);
    HeaderStep::Refuse(refusal.status(request))
}

/// Header lines about the content before it was signed.
const DIGESTS: [&[u8]; 4] = [b"Content-MD5", b"Digest", b"Content-Digest", b"Repr-Digest"];

/// Makes the header that of a signed playlist.
pub(super) fn set(request: Request<'_>, len: Option<usize>) -> Result<(), OutOfMemory> {
    headers::set_whole(request, len);
    headers::remove_validators(request);
    for line in headers::lines(request) {
        let name = line.name();
        let is = |other: &[u8]| name.eq_ignore_ascii_case(other);
        if DIGESTS.iter().any(|other| is(other))
            || is(b"ETag")
            || is(b"Last-Modified")
            || is(b"Accept-Ranges")
            || is(b"Content-Range")
        {
            line.remove();
        }
    }
    caching::forbid_reuse(request)
}
