//! The rewrite phases: note which protected locations a request enters, and how it came there.
//!
//! `rewrite`, or `return` with an `error_page`, may lead the request to a location without PTA. The
//! record then tells the access phase what to check. Only `pta_phase rewrite` checks here.

use nginx_sys::{ngx_http_request_t, ngx_int_t};
use ngx::core::Status;
use ngx::http::HTTPStatus;

use crate::check::{enforce, subrequest};
use crate::conf::LocConf;
use crate::conf::index::Pta;
use crate::conf::policy::CheckPhase;
use crate::nginx::callback::Callback;
use crate::nginx::guard;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::{ErrorSigns, Request};
use crate::request::record::Record;

/// SERVER_REWRITE phase, before the server's own rewrites. Only here an X-Accel-Redirect can be
/// distinguished from other redirects, because `r->uri` is still the redirect's own.
pub(crate) unsafe extern "C" fn server_rewrite(request: *mut ngx_http_request_t) -> ngx_int_t {
    // SAFETY: nginx calls this as a phase handler.
    unsafe {
        guard::request(Callback::ServerRewrite, request, |request| go_on(on_redirect(request).map(|()| None)))
    }
}

/// REWRITE phase, before the location's own rewrites: the location is entered.
pub(crate) unsafe extern "C" fn rewrite(request: *mut ngx_http_request_t) -> ngx_int_t {
    // SAFETY: nginx calls this as a phase handler.
    unsafe {
        guard::request(Callback::Rewrite, request, |request| {
            if enforce::bypasses(request) {
                return Status::NGX_DECLINED;
            }
            go_on(on_location(request))
        })
    }
}

/// REWRITE phase, after the location's own rewrites: an `if` block may have taken the location's place.
pub(crate) unsafe extern "C" fn rewritten(request: *mut ngx_http_request_t) -> ngx_int_t {
    // SAFETY: nginx calls this as a phase handler.
    unsafe {
        guard::request(Callback::Rewritten, request, |request| go_on(on_if_block(request).map(|()| None)))
    }
}

/// In the rewrite phases, `NGX_OK` would end the request.
fn go_on(result: Result<Option<HTTPStatus>, OutOfMemory>) -> Status {
    match result {
        Ok(None) => Status::NGX_DECLINED,
        Ok(Some(status)) => status.into(),
        Err(OutOfMemory) => HTTPStatus::INTERNAL_SERVER_ERROR.into(),
    }
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
#[inline(never)] // keeps the fast path short
fn on_location(request: Request<'_>) -> Result<Option<HTTPStatus>, OutOfMemory> {
    if !request.is_main() {
        subrequest::warn_if_unchecked(request)?;
        return Ok(None);
    }
    let conf = LocConf::of(request);
    let record = if request.is_new::<Pta>() {
        Record::make(request)?
    } else {
        // nginx skips the SERVER_REWRITE phase on the way to a named location. If the configuration
        // does not use that phase, `server_rewrite` is not even registered.
        on_redirect(request)?;
        match Record::find(request) {
            Some(record) => record,
            None if conf.is_watched() => Record::make(request)?,
            None => return Ok(None),
        }
    };
    record.note_location();
    let enabling_if = conf.enabling_if();
    record.assume_if(request)?;
    if let Some(block) = enabling_if {
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
        Record::find_or_make(request)?.enter(request, conf)?;
    }
    Ok(())
}
