//! Notes the locations with `pta_once` that a request enters.

use ngx::core::Status;

use crate::check::rewrite;
use crate::conf::LocConf;
use crate::conf::policy::CheckPhase;
use crate::nginx::conf::{Logged, Postconf};
use crate::nginx::cycle::NewCycle;
use crate::nginx::handler::handler;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::phases::{self, Order, REWRITE_PHASE, first};
use crate::nginx::request::Request;
use crate::once::{claim, release};
use crate::request::record::Record;

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
    if !request.is_main() {
        return Ok(Status::NGX_DECLINED);
    }
    if request.is_internal() {
        release::note_refused_body(request);
    }
    let conf = LocConf::of(request);
    if !conf.is_watched() {
        return Ok(Status::NGX_DECLINED);
    }
    let Some(record) = Record::find(request) else { return Ok(Status::NGX_DECLINED) };
    record.note_once(request, conf)?;
    // The check has allowed the request, and a `return` may answer it before the other phases.
    if conf.policy().phase() == CheckPhase::Rewrite && record.uses_once() {
        return claim::claim(request);
    }
    Ok(Status::NGX_DECLINED)
}
