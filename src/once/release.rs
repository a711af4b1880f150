//! A request that fails gives its claims back: with `release=error`, or if its body is too long.

use ngx::core::Status;

use crate::nginx::conf::{Logged, Postconf};
use crate::nginx::handler::handler;
use crate::nginx::headers::LOWEST_ERROR;
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

const CONTENT_TOO_LARGE: usize = 413;

/// Called at the beginning of an arrival. If a body that is too long has led to it, notes whether an
/// upstream has got a part of that body. What the error page and `post_action` ask later does not
/// count. But a named location gets the client's request, with the part of the body that was read.
pub(super) fn note_refused_body(request: Request<'_>) {
    if request.final_status() != CONTENT_TOO_LARGE {
        return;
    }
    if !request.is_post_action() && request.is_in_named_location() {
        return;
    }
    if let Some(usage) = Usage::find(request).filter(|usage| !usage.is_unclaimed()) {
        usage.note_refused_body(request.has_asked_upstream());
    }
}

#[allow(clippy::unnecessary_wraps)] // as `handler` wants it
fn release(request: Request<'_>) -> Result<Status, OutOfMemory> {
    let Some(usage) = Usage::find(request).filter(|_| request.is_main()) else {
        return Ok(Status::NGX_DECLINED);
    };
    let status = request.final_status();
    // A client that leaves in the middle of an answer has a status of 400 or more, too. The status
    // after `post_action` is that of its own answer, which is not sent.
    let is_error = request.is_post_action() || matches!(status, 0 | LOWEST_ERROR..);
    if is_error && !usage.has_succeeded() {
        // nginx finds out that a body without a known length is beyond the limit only when it reads
        // the body, after the claim. If no upstream was asked, nobody has got a part of it.
        let has_passed_on = || usage.has_passed_on_refused_body().unwrap_or(request.has_asked_upstream());
        let is_refused_body = status == CONTENT_TOO_LARGE && !has_passed_on();
        for claim in usage.claims().filter(|claim| claim.rules.releases || is_refused_body) {
            claim.rules.zone.release(&claim.identity, claim.owner(), request.log());
        }
    }
    Ok(Status::NGX_DECLINED)
}
