//! `release=error`: a request that fails gives its claims back.

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

#[allow(clippy::unnecessary_wraps)] // as `handler` wants it
fn release(request: Request<'_>) -> Result<Status, OutOfMemory> {
    let Some(usage) = Usage::find(request).filter(|_| request.is_main()) else {
        return Ok(Status::NGX_DECLINED);
    };
    // A client that leaves in the middle of an answer has a status of 400 or more, too.
    let has_failed = matches!(request.final_status(), 0 | BAD_REQUEST..) && !usage.has_succeeded();
    if has_failed {
        for claim in usage.claims().filter(|claim| claim.rules.releases) {
            claim.rules.zone.release(&claim.identity, claim.owner(), request.log());
        }
    }
    Ok(Status::NGX_DECLINED)
}
