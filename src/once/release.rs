//! A request that fails gives its claims back: with `release=error`, or if its body is too long.

use ngx::core::Status;

use crate::nginx::conf::{Logged, Postconf};
use crate::nginx::handler::handler;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::phases::{self, LOG_PHASE, Order};
use crate::nginx::request::Request;
use crate::request::usage::Usage;

pub(super) fn register(cf: Postconf<'_>) -> Result<(), Logged> {
    phases::add(cf, LOG_PHASE, Order::BeforeOthers, handler)
}

handler! {
    /// LOG phase: the request has ended.
    fn handler(request) = phase(OnceRelease, release)
}

const BAD_REQUEST: usize = 400;
const CONTENT_TOO_LARGE: usize = 413;

#[allow(clippy::unnecessary_wraps)] // as `handler` wants it
fn release(request: Request<'_>) -> Result<Status, OutOfMemory> {
    let Some(usage) = Usage::find(request).filter(|_| request.is_main()) else {
        return Ok(Status::NGX_DECLINED);
    };
    // A client that leaves in the middle of an answer has a status of 400 or more, too.
    let has_failed = matches!(request.final_status(), 0 | BAD_REQUEST..) && !usage.has_succeeded();
    if has_failed {
        // nginx finds out that a body without a known length is beyond the limit only when it reads
        // the body, after the claim. If no upstream was asked, nobody has got a part of it.
        let is_refused_body = request.final_status() == CONTENT_TOO_LARGE && !request.has_asked_upstream();
        for claim in usage.claims().filter(|claim| claim.rules.releases || is_refused_body) {
            claim.rules.zone.release(&claim.identity, claim.owner(), request.log());
        }
    }
    Ok(Status::NGX_DECLINED)
}
