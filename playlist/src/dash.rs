//! Playlists of DASH (ISO/IEC 23009-1): elements, BaseURLs and templates.

mod bases;
mod decide;
mod document;
mod identifiers;
mod ids;
mod names;
mod namespaces;
mod reader;
mod text;
mod value;

use crate::characters::trim;
use crate::dash::bases::Resolved;
use crate::dash::decide::decide;
use crate::dash::ids::Ids;
use crate::job::Job;
use crate::memory::copy;
use crate::request::Request;
use crate::stop::Stop;

/// Whether a text may be XML.
pub(crate) fn may_be(text: &[u8]) -> bool {
    trim(text).starts_with(b"<")
}

/// Rewrites the `text` of a playlist, which is `input` without its byte order mark.
pub(crate) fn rewrite(
    input: &[u8],
    text: &[u8],
    request: &Request<'_>,
    job: &mut Job<'_>,
) -> Result<(), Stop> {
    let mut document = reader::read(input, text)?;
    let ids = Ids::read(input, &document)?;
    let own = job.base(copy(request.path)?)?;
    let resolved = Resolved::new(input, &mut document, &ids, (own, request.scheme), job)?;
    decide(input, &document, &ids, &resolved, job)
}
