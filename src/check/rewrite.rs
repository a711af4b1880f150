//! The rewrite phases. They note which protected locations a request enters, and how it arrived.
//!
//! `rewrite`, or `return` with an `error_page`, may lead the request to a location without PTA. The
//! record then tells the access phase what to check. Only `pta_phase rewrite` checks here.

use ngx::core::Status;
use ngx::http::HTTPStatus;

use crate::check::{enforce, subrequest};
use crate::conf::LocConf;
use crate::conf::index::Pta;
use crate::conf::main::MainConf;
use crate::conf::policy::CheckPhase;
use crate::nginx::conf::{Logged, Postconf};
use crate::nginx::cycle::NewCycle;
use crate::nginx::handler::handler;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::phases::{
    self, Order, REWRITE_PHASE, SERVER_REWRITE_PHASE, first, server_rewrite as server_rewrite_phase,
};
use crate::nginx::request::{ErrorSigns, Request};
use crate::request::record::Record;

pub(crate) fn register(cf: Postconf<'_>, main: &MainConf) -> Result<(), Logged> {
    phases::add(cf, REWRITE_PHASE, Order::BeforeOthers, rewrite)?;
    // If nothing can change the URI in that phase, the REWRITE handler finds the same URI.
    if server_rewrite_phase::is_used(cf) {
        phases::add(cf, SERVER_REWRITE_PHASE, Order::BeforeOthers, server_rewrite)?;
    }
    if main.enabled_in_if() {
        phases::add(cf, REWRITE_PHASE, Order::AfterOthers, rewritten)?;
    }
    Ok(())
}

/// Makes `rewrite` the first of its phase, so that no module redirects the request first.
pub(crate) fn run_first(cycle: NewCycle<'_>) {
    first::run_first(cycle, rewrite);
}

handler! {
    /// SERVER_REWRITE phase, before the server's own rewrites. Only here can an X-Accel-Redirect be
    /// distinguished from other redirects, because `r->uri` is still the target of the redirect.
    fn server_rewrite(request) = phase(ServerRewrite, |request| on_redirect(request).map(|()| GO_ON))
}

handler! {
    /// REWRITE phase, before the location's own rewrites. The request enters the location.
    fn rewrite(request) = phase_unless(Rewrite, enforce::bypasses, enter)
}

handler! {
    /// REWRITE phase, after the location's own rewrites. An `if` block may have replaced the
    /// location.
    fn rewritten(request) = phase(Rewritten, |request| on_if_block(request).map(|()| GO_ON))
}

/// In the rewrite phases, `NGX_OK` would end the request.
const GO_ON: Status = Status::NGX_DECLINED;

fn enter(request: Request<'_>) -> Result<Status, OutOfMemory> {
    Ok(on_location(request)?.map_or(GO_ON, Status::from))
}

fn on_redirect(request: Request<'_>) -> Result<(), OutOfMemory> {
    if !request.is_internal() || !request.is_main() {
        return Ok(());
    }
    // Finding the record begins the arrival. Without a record, two things must be noted:
    // - that there was an error, so that the next one can be recognised as new;
    // - the upstream, because nginx follows its X-Accel-Redirect immediately or not at all.
    if Record::find(request).is_none() {
        let shows_error = request.error_signs() != ErrorSigns::default();
        if shows_error || request.upstream().is_some() {
            Record::find_or_make(request)?.note_first_redirect(request, shows_error);
        }
    }
    Ok(())
}

/// The status, if the location checks in this phase and refuses the request.
fn on_location(request: Request<'_>) -> Result<Option<HTTPStatus>, OutOfMemory> {
    if !request.is_main() {
        subrequest::warn_if_unchecked(request)?;
        return Ok(None);
    }
    let conf = LocConf::of(request);
    let record = if request.is_new::<Pta>() {
        let record = Record::make(request)?;
        record.note_first_location();
        record
    } else {
        // nginx skips the SERVER_REWRITE phase on the way to a named location. If the configuration
        // does not use that phase, `server_rewrite` is not even registered.
        on_redirect(request)?;
        let record = match Record::find(request) {
            Some(record) => record,
            None if conf.is_watched() => Record::make(request)?,
            None => return Ok(None),
        };
        record.note_location();
        record.assume_if(request)?;
        record
    };
    if let Some(block) = conf.enabling_if() {
        record.expect_if(block);
    }
    record.enter(request, conf)?;
    if conf.policy().phase() == CheckPhase::Rewrite {
        return enforce::enforce_all(request, record);
    }
    Ok(None)
}

fn on_if_block(request: Request<'_>) -> Result<(), OutOfMemory> {
    if !request.is_main() {
        return subrequest::warn_if_unchecked(request);
    }
    let conf = LocConf::of(request);
    if let Some(record) = Record::find(request) {
        record.resolve_if();
        record.replace_with_if(conf);
    }
    if conf.ring().is_some() {
        let record = Record::find_or_make(request)?;
        record.enter(request, conf)?;
        record.note_once(request, conf)?;
    }
    Ok(())
}
