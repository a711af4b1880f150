//! Notes the locations with `pta_once` that a request enters.

use ngx::core::Status;

use crate::check::rewrite;
use crate::conf::LocConf;
use crate::nginx::conf::{Logged, Postconf};
use crate::nginx::cycle::NewCycle;
use crate::nginx::handler::handler;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::phases::{self, Order, REWRITE_PHASE, first};
use crate::nginx::request::Request;
use crate::request::record::Record;
use crate::request::usage::Usage;

pub(super) fn register(cf: Postconf<'_>) -> Result<(), Logged> {
    phases::add(cf, REWRITE_PHASE, Order::BeforeOthers, handler)
}

/// Makes the handler the second of its phase, so that no module redirects the request first. The
/// handler of the check runs before it, and finds out how the request has come here.
pub(super) fn run_first(cycle: NewCycle<'_>) {
    first::run_first(cycle, handler);
    rewrite::run_first(cycle);
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

/// Notes the location, if tokens may be used once there and the request needs one.
pub(super) fn note<'r>(request: Request<'r>, conf: &'r LocConf) -> Result<(), OutOfMemory> {
    if conf.once().is_none() {
        return Ok(());
    }
    let Some(record) = Record::find(request).filter(|record| !record.exempts(conf)) else { return Ok(()) };
    record.note_once();
    Usage::enter(request, conf)
}
