//! The rewrite phases: note which protected locations a request enters, and how it came there.
//!
//! `rewrite`, or `return` with an `error_page`, may lead the request to a location without PTA. The
//! record then tells the access phase what to check. Only `pta_phase rewrite` checks here.

use nginx_sys::{ngx_http_request_t, ngx_int_t};
use ngx::core::Status;
use ngx::http::HTTPStatus;

use crate::access;
use crate::conf::LocConf;
use crate::guard::{self, Entry};
use crate::module::Pta;
use crate::ngx_ext::{ErrorSigns, OutOfMemory, Request};
use crate::policy::CheckPhase;
use crate::record::Record;
use crate::subrequest;

/// SERVER_REWRITE phase, before the server's own rewrites. Only here an X-Accel-Redirect can be
/// distinguished from other redirects, because `r->uri` is still the redirect's own.
pub(crate) unsafe extern "C" fn server_rewrite(request: *mut ngx_http_request_t) -> ngx_int_t {
    // SAFETY: nginx calls this as a phase handler.
    unsafe {
        guard::request(Entry::ServerRewrite, request, |request| {
            go_on(notice_redirect(request).map(|()| None))
        })
    }
}

/// REWRITE phase, before the location's own rewrites: the location is entered.
pub(crate) unsafe extern "C" fn rewrite(request: *mut ngx_http_request_t) -> ngx_int_t {
    // SAFETY: nginx calls this as a phase handler.
    unsafe {
        guard::request(Entry::Rewrite, request, |request| {
            if is_nothing_to_us(request) {
                return Status::NGX_DECLINED;
            }
            go_on(notice_location(request))
        })
    }
}

/// Fast path: no PTA in this location, and no redirect so far.
#[inline]
pub(crate) fn is_nothing_to_us(request: Request<'_>) -> bool {
    !LocConf::of(request).is_watched() && request.is_new::<Pta>()
}

/// REWRITE phase, after the location's own rewrites: an `if` block may have taken the location's place.
pub(crate) unsafe extern "C" fn rewritten(request: *mut ngx_http_request_t) -> ngx_int_t {
    // SAFETY: nginx calls this as a phase handler.
    unsafe {
        guard::request(Entry::Rewritten, request, |request| go_on(notice_if_block(request).map(|()| None)))
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

fn notice_redirect(request: Request<'_>) -> Result<(), OutOfMemory> {
    if !request.is_internal() || !request.is_main() {
        return Ok(());
    }
    // Finding the record begins the pass. Without a record, two things must be noted:
    // - that there was an error, so that the next one can be recognised as new;
    // - the upstream, because nginx follows its X-Accel-Redirect immediately or not at all.
    if Record::find(request).is_none() {
        let is_error_page = request.error_signs() != ErrorSigns::default();
        if is_error_page || request.upstream().is_some() {
            Record::find_or_make(request)?.note_upstream(request, is_error_page);
        }
    }
    Ok(())
}

/// The status, if the location checks in this phase and refuses the request.
#[inline(never)] // keeps the fast path short
fn notice_location(request: Request<'_>) -> Result<Option<HTTPStatus>, OutOfMemory> {
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
        notice_redirect(request)?;
        match Record::find(request) {
            Some(record) => record,
            None if conf.is_watched() => Record::make(request)?,
            None => return Ok(None),
        }
    };
    record.note_location();
    let possible_if = conf.possible_if();
    record.enter_possible_if(request)?;
    if let Some(block) = possible_if {
        record.note_possible_if(block);
    }
    record.enter(request, conf)?;
    if conf.policy().phase() == CheckPhase::Rewrite {
        return access::ask_all(request, record);
    }
    Ok(None)
}

fn notice_if_block(request: Request<'_>) -> Result<(), OutOfMemory> {
    if !request.is_main() {
        return subrequest::warn_if_unchecked(request);
    }
    let conf = LocConf::of(request);
    if let Some(record) = Record::find(request) {
        record.forget_possible_if();
        record.replace_with_if(conf);
    }
    if conf.ring().is_some() {
        Record::find_or_make(request)?.enter(request, conf)?;
    }
    Ok(())
}
