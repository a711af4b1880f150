//! The access-phase handler: asks the other rooms, in order, and answers nginx.

use nginx_sys::{ngx_http_request_t, ngx_int_t};
use ngx::core::Status;
use ngx::http::HTTPStatus;
use pta_token::Verdict;

use crate::check::check;
use crate::conf::LocConf;
use crate::ngx_ext::{OutOfMemory, Request};
use crate::record::{Entered, Record, Standing};
use crate::{clean, client, guard, mask, refusal};

/// ACCESS phase. nginx runs it for main requests only.
pub(crate) unsafe extern "C" fn handler(request: *mut ngx_http_request_t) -> ngx_int_t {
    // SAFETY: nginx calls this as a phase handler.
    unsafe {
        guard::request(request, |request| decide(request).unwrap_or(HTTPStatus::INTERNAL_SERVER_ERROR.into()))
    }
}

/// PRECONTENT phase, reached only by requests that nobody keeps out: under `satisfy any`, some of them have been
/// refused by this module and let in by another.
pub(crate) unsafe extern "C" fn let_in_by_others(request: *mut ngx_http_request_t) -> ngx_int_t {
    // SAFETY: nginx calls this as a phase handler.
    unsafe {
        guard::request(request, |request| {
            if request.is_main()
                && let Some(record) = Record::find(request)
            {
                record.let_in_by_others();
            }
            Status::NGX_DECLINED
        })
    }
}

fn decide(request: Request<'_>) -> Result<Status, OutOfMemory> {
    let conf = LocConf::of(request);
    let record = match Record::find(request) {
        Some(record) => record,
        None if conf.ring().is_none() => return Ok(Status::NGX_DECLINED),
        None => Record::find_or_make(request)?,
    };
    let here = record.enter(request, conf)?;

    let pending = || record.entered().filter(|entered| entered.standing() == Standing::Pending);
    if record.is_exempt() {
        for entered in pending() {
            entered.set_standing(Standing::Exempt);
        }
        return Ok(Status::NGX_DECLINED);
    }
    for entered in pending() {
        if let Some(status) = ask(request, record, entered)? {
            return Ok(refuse(request, entered, status));
        }
    }
    // A location without PTA has nothing to say, even if the request came through one that has.
    let allowed_here = here.is_some_and(|entered| entered.standing() == Standing::Allowed);
    let speaks = allowed_here && !conf.policy().is_dry_run();
    Ok(if speaks { Status::NGX_OK } else { Status::NGX_DECLINED })
}

/// Asks a ring of keys, and does what the location that it is asked for wants done: the request line masked, the
/// token taken out, the refusal logged. The status, if the request is to be refused.
pub(crate) fn ask<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    entered: &Entered<'r>,
) -> Result<Option<HTTPStatus>, OutOfMemory> {
    let Some(conf) = entered.conf() else { return Ok(None) };
    let policy = conf.policy();
    let verdict = check(request, record, conf)?;
    if policy.masks() {
        mask::mask_request_line(request, policy.name())?;
    }
    let allowed = matches!(verdict, Verdict::Allowed(_));
    if allowed && policy.strips() {
        clean::remove_argument(request, policy.name())?;
    }
    if !allowed {
        refusal::log(request, &verdict, client::path(request, record)?, policy);
    }
    entered.set_standing(match allowed {
        _ if policy.is_dry_run() => Standing::DryRun,
        true => Standing::Allowed,
        false => Standing::Pending,
    });
    if allowed || policy.is_dry_run() {
        return Ok(None);
    }
    record.refuse();
    Ok(Some(policy.status(&verdict)))
}

/// How a refusal is answered in the access phase.
fn refuse(request: Request<'_>, by: &Entered<'_>, status: HTTPStatus) -> Status {
    if !LocConf::of(request).satisfies_any() {
        return status.into();
    }
    // Under `satisfy any`, nginx asks the other access modules after 401 and 403 only.
    if !by.is_firm() {
        let unauthorized = status == HTTPStatus::UNAUTHORIZED;
        return if unauthorized { status.into() } else { HTTPStatus::FORBIDDEN.into() };
    }
    // The request entered a location with `satisfy all` before it was rewritten on to this one: what lets it in
    // here does not make up for the token it lacks there.
    if [HTTPStatus::FORBIDDEN, HTTPStatus::UNAUTHORIZED].contains(&status) {
        request.finalize(status);
        return Status::NGX_DONE;
    }
    status.into()
}
