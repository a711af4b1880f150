//! The access-phase handler.

use core::ptr;

use ngx::core::Status;
use ngx::http::HTTPStatus;

use crate::check::enforce::{bypasses, enforce, refuse_unused_redirect};
use crate::check::{dav, strip};
use crate::conf::LocConf;
use crate::conf::main::MainConf;
use crate::nginx::conf::{Logged, Postconf};
use crate::nginx::cycle::NewCycle;
use crate::nginx::handler::handler;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::phases::{self, ACCESS_PHASE, Order, PRECONTENT_PHASE, first};
use crate::nginx::request::Request;
use crate::request::realm::{Realm, RealmState};
use crate::request::record::Record;

pub(crate) fn register(cf: Postconf<'_>, main: &MainConf) -> Result<(), Logged> {
    phases::add(cf, ACCESS_PHASE, Order::BeforeOthers, handler)?;
    if main.satisfies_any() {
        phases::add(cf, PRECONTENT_PHASE, Order::BeforeOthers, let_in_by_others)?;
    }
    Ok(())
}

/// Makes `let_in_by_others` the first of its phase, so that no module redirects the request first.
pub(crate) fn run_first(cycle: NewCycle<'_>) {
    first::run_first(cycle, let_in_by_others);
}

handler! {
    /// ACCESS phase. nginx runs it for main requests only.
    fn handler(request) = phase_unless(Access, bypasses, decide)
}

handler! {
    /// PRECONTENT phase. Only requests that have passed all access modules reach it. Under `satisfy
    /// any`, another module may have let in a request that this module has refused.
    fn let_in_by_others(request) = phase(LetInByOthers, on_let_in)
}

fn on_let_in(request: Request<'_>) -> Result<Status, OutOfMemory> {
    if !request.is_main() {
        return Ok(Status::NGX_DECLINED);
    }
    let Some(record) = Record::find(request) else { return Ok(Status::NGX_DECLINED) };
    if record.is_finally_refused() {
        return Ok(HTTPStatus::FORBIDDEN.into());
    }
    record.note_let_in();
    // Under `satisfy any`, a module whose handler runs before ours can let a request in, and ours
    // is skipped. That counts for this location, not for others that the request entered before.
    let here = LocConf::of(request);
    let elsewhere = |realm: &&Realm<'_>| {
        realm.is_satisfy_all() || !realm.conf().is_some_and(|conf| conf.is_same_realm(here))
    };
    for realm in record.pending().filter(elsewhere) {
        if let Some(status) = enforce(request, record, realm)? {
            record.refuse_finally();
            return Ok(status.into());
        }
    }
    if dav::concerns(request) {
        if let Some(status) = dav::refuse_rewritten(request, record)? {
            return Ok(status.into());
        }
    }
    strip::strip(request, record)?;
    Ok(Status::NGX_DECLINED)
}

fn decide(request: Request<'_>) -> Result<Status, OutOfMemory> {
    let conf = LocConf::of(request);
    let record = match Record::find(request) {
        Some(record) => record,
        None if conf.ring().is_none() => return Ok(Status::NGX_DECLINED),
        None => Record::find_or_make(request)?,
    };
    record.assume_if(request)?;
    let here = match record.take_current(conf) {
        Some(realm) => Some(realm),
        None => record.enter(request, conf)?,
    };

    let mut soft_refusal = None;
    for realm in record.pending() {
        let Some(status) = enforce(request, record, realm)? else { continue };
        // Under `satisfy any`, another module may let in what this one refuses. That holds only for
        // the current location, and not if the request came through a location with `satisfy all`.
        let is_here = here.is_some_and(|here| ptr::eq(here, realm));
        if !conf.satisfies_any() || realm.is_satisfy_all() || !is_here {
            record.refuse_finally();
            return Ok(answer_refusal(request, status));
        }
        soft_refusal = Some(status);
    }
    if let Some(status) = refuse_unused_redirect(request, record, conf) {
        return Ok(answer_refusal(request, status));
    }
    if let Some(status) = soft_refusal {
        // All versions of nginx run the other access modules after 401 and 403.
        let unauthorized = status == HTTPStatus::UNAUTHORIZED;
        return Ok(if unauthorized { status.into() } else { HTTPStatus::FORBIDDEN.into() });
    }
    if dav::concerns(request) {
        if let Some(status) = dav::refuse_rewritten(request, record)? {
            return Ok(answer_refusal(request, status));
        }
    }
    strip::strip(request, record)?;
    // A location without PTA gives no permission, even if the request came from one with PTA.
    let allowed_here = here.is_some_and(|realm| realm.state() == RealmState::Allowed);
    let is_permission = allowed_here && !conf.is_dry_run();
    Ok(if is_permission { Status::NGX_OK } else { Status::NGX_DECLINED })
}

/// Answers with the refusal, so that no other access module can let the request in. Under `satisfy
/// any`, nginx runs the other modules after some statuses, which depend on its version. So this
/// finalizes the request and does not return the status to nginx.
fn answer_refusal(request: Request<'_>, status: HTTPStatus) -> Status {
    if LocConf::of(request).satisfies_any() {
        request.finalize_with(status.into());
        return Status::NGX_DONE;
    }
    status.into()
}
