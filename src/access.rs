//! The access-phase handler.

use core::ptr;

use nginx_sys::{NGX_LOG_ERR, ngx_http_request_t, ngx_int_t};
use ngx::core::Status;
use ngx::http::HTTPStatus;
use ngx::ngx_log_error;

use crate::check::check;
use crate::conf::LocConf;
use crate::guard::{self, Entry};
use crate::ngx_ext::{OutOfMemory, Request};
use crate::record::{Entered, Record, Standing};
use crate::{accel_redirect, clean, dav, entry, mask, refusal};

/// ACCESS phase. nginx runs it for main requests only.
pub(crate) unsafe extern "C" fn handler(request: *mut ngx_http_request_t) -> ngx_int_t {
    // SAFETY: nginx calls this as a phase handler.
    unsafe {
        guard::request(Entry::Access, request, |request| {
            if entry::is_nothing_to_us(request) {
                return Status::NGX_DECLINED;
            }
            decide(request).unwrap_or(HTTPStatus::INTERNAL_SERVER_ERROR.into())
        })
    }
}

/// PRECONTENT phase. Only requests that have passed all access modules get here. Under `satisfy
/// any`, this module may have refused one that another module has let in.
pub(crate) unsafe extern "C" fn let_in_by_others(request: *mut ngx_http_request_t) -> ngx_int_t {
    // SAFETY: nginx calls this as a phase handler.
    unsafe {
        guard::request(Entry::LetInByOthers, request, |request| {
            notice_let_in(request).unwrap_or(HTTPStatus::INTERNAL_SERVER_ERROR.into())
        })
    }
}

fn notice_let_in(request: Request<'_>) -> Result<Status, OutOfMemory> {
    if !request.is_main() {
        return Ok(Status::NGX_DECLINED);
    }
    let Some(record) = Record::find(request) else { return Ok(Status::NGX_DECLINED) };
    if record.is_finally_refused() {
        return Ok(HTTPStatus::FORBIDDEN.into());
    }
    record.let_in_by_others();
    // Under `satisfy any`, a module whose handler runs before ours can let a request in before ours
    // runs. That counts for this location, not for others that the request entered before.
    let here = LocConf::of(request);
    let elsewhere = |entered: &&Entered<'_>| {
        entered.is_firm() || !entered.conf().is_some_and(|conf| accel_redirect::alike(conf, here))
    };
    for entered in record.pending().filter(elsewhere) {
        if let Some(status) = ask(request, record, entered)? {
            record.refuse_finally();
            return Ok(status.into());
        }
    }
    if dav::concerns(request)
        && let Some(status) = dav::refuse_rewritten(request, record)?
    {
        return Ok(status.into());
    }
    clean_up(request, record)?;
    Ok(Status::NGX_DECLINED)
}

#[inline(never)]
fn decide(request: Request<'_>) -> Result<Status, OutOfMemory> {
    let conf = LocConf::of(request);
    let record = match Record::find(request) {
        Some(record) => record,
        None if conf.ring().is_none() => return Ok(Status::NGX_DECLINED),
        None => Record::find_or_make(request)?,
    };
    record.enter_possible_if(request)?;
    let here = match record.take_entry(conf) {
        Some(entered) => Some(entered),
        None => record.enter(request, conf)?,
    };

    let mut soft_refusal = None;
    for entered in record.pending() {
        let Some(status) = ask(request, record, entered)? else { continue };
        // Under `satisfy any`, another module may let in what this one refuses. That holds only for
        // the current location, and not if the request came through a location with `satisfy all`.
        let is_here = here.is_some_and(|here| ptr::eq(here, entered));
        if !conf.satisfies_any() || entered.is_firm() || !is_here {
            record.refuse_finally();
            return Ok(refuse_for_good(request, status));
        }
        soft_refusal = Some(status);
    }
    if let Some(status) = refuse_unused_redirect(request, record, conf) {
        return Ok(refuse_for_good(request, status));
    }
    if let Some(status) = soft_refusal {
        // All versions of nginx run the other access modules after 401 and 403.
        let unauthorized = status == HTTPStatus::UNAUTHORIZED;
        return Ok(if unauthorized { status.into() } else { HTTPStatus::FORBIDDEN.into() });
    }
    if dav::concerns(request)
        && let Some(status) = dav::refuse_rewritten(request, record)?
    {
        return Ok(refuse_for_good(request, status));
    }
    clean_up(request, record)?;
    // A location without PTA gives no permission, even if the request came through one with PTA.
    let allowed_here = here.is_some_and(|entered| entered.standing() == Standing::Allowed);
    let speaks = allowed_here && !conf.policy().is_dry_run();
    Ok(if speaks { Status::NGX_OK } else { Status::NGX_DECLINED })
}

/// For `pta_phase rewrite`: checks the request against all pending rings. Any refusal is final.
/// Returns the status if the request is refused.
pub(crate) fn ask_all<'r>(
    request: Request<'r>,
    record: &Record<'r>,
) -> Result<Option<HTTPStatus>, OutOfMemory> {
    let mut asked = false;
    for entered in record.pending() {
        asked = true;
        let status = ask(request, record, entered)?;
        if status.is_some() {
            record.refuse_finally();
            return Ok(status);
        }
    }
    if asked {
        let refusal = refuse_unused_redirect(request, record, LocConf::of(request));
        if refusal.is_some() {
            return Ok(refusal);
        }
        clean_up(request, record)?;
    }
    Ok(None)
}

/// Refuses a request that has left its `pta_accel_redirect` location. Its token was not compared
/// with the path, so it allows that redirect and no other location. Returns the status if so.
fn refuse_unused_redirect<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    here: &LocConf,
) -> Option<HTTPStatus> {
    if !record.has_unused_redirect(here) || record.shows_error_page() {
        return None;
    }
    ngx_log_error!(
        NGX_LOG_ERR,
        request.log(),
        "pta: rewritten to another location than the token redirects to"
    );
    let policy = record.outcome().map_or(here.policy(), |outcome| outcome.conf().policy());
    record.refuse(policy.cache_control());
    record.refuse_finally();
    Some(HTTPStatus::FORBIDDEN)
}

/// Checks the request against one ring and applies the rules of its location: masks the request
/// line, logs a refusal. Returns the status if the request is refused.
pub(crate) fn ask<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    entered: &Entered<'r>,
) -> Result<Option<HTTPStatus>, OutOfMemory> {
    let Some(conf) = entered.conf() else { return Ok(None) };
    let policy = conf.policy();
    let outcome = check(request, record, conf)?;
    if policy.masks() {
        mask::mask_request_line(request, record, outcome)?;
    }
    if outcome.is_allowed() {
        if !policy.is_dry_run() {
            record.cache_mark().allow(policy.cache_control(), outcome.source());
        }
        entered.set_standing(if policy.is_dry_run() { Standing::DryRun } else { Standing::Allowed });
        entered.set_cleaning_due();
        return Ok(None);
    }
    // Already logged: this is the error page of a refused request.
    if !record.is_refused() {
        refusal::log(request, record, outcome)?;
    }
    if policy.is_dry_run() {
        entered.set_standing(Standing::DryRun);
        return Ok(None);
    }
    entered.set_standing(Standing::Open);
    record.refuse(policy.cache_control());
    Ok(Some(policy.status(outcome.kind())))
}

/// Takes the token out of a request that goes on.
pub(crate) fn clean_up<'r>(request: Request<'r>, record: &Record<'r>) -> Result<(), OutOfMemory> {
    for entered in record.entered().filter(|entered| entered.take_cleaning_due()) {
        if let Some(policy) = entered.conf().map(LocConf::policy).filter(|policy| policy.strips()) {
            clean::remove_argument(request, record, policy.name())?;
        }
    }
    Ok(())
}

/// Refuses the request so that no other access module can let it in. Under `satisfy any`, nginx
/// runs the other modules after some statuses, and which ones depends on its version. So the
/// request is finalized here, and nginx does not get the status.
fn refuse_for_good(request: Request<'_>, status: HTTPStatus) -> Status {
    if LocConf::of(request).satisfies_any() {
        request.finalize_with(status.into());
        return Status::NGX_DONE;
    }
    status.into()
}
