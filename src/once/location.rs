//! Notes the locations with `pta_once` that a request enters.

use ngx::core::Status;

use crate::conf::LocConf;
use crate::nginx::conf::{Logged, Postconf};
use crate::nginx::cycle::NewCycle;
use crate::nginx::handler::handler;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::phases::{self, Order, REWRITE_PHASE, first};
use crate::nginx::request::Request;
use crate::request::usage::Usage;

pub(super) fn register(cf: Postconf<'_>) -> Result<(), Logged> {
    phases::add(cf, REWRITE_PHASE, Order::BeforeOthers, handler)
}

/// Makes the handler the first of its phase, so that no module redirects the request first.
pub(super) fn run_first(cycle: NewCycle<'_>) {
    first::run_first(cycle, handler);
}

handler! {
    /// REWRITE phase, before the location's own rewrites.
    fn handler(request) = phase(OnceLocation, enter)
}

fn enter(request: Request<'_>) -> Result<Status, OutOfMemory> {
    let conf = LocConf::of(request);
    if conf.is_watched() && request.is_main() {
        note(request, conf)?;
        // If a rewrite in the block leads to another location, the request has entered the block.
        if let Some(block) = conf.enabling_if() {
            note(request, block)?;
        }
    }
    Ok(Status::NGX_DECLINED)
}

/// Notes the location, if tokens may be used once there.
pub(super) fn note<'r>(request: Request<'r>, conf: &'r LocConf) -> Result<(), OutOfMemory> {
    if conf.once().is_some() { Usage::enter(request, conf) } else { Ok(()) }
}
