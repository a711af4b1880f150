//! Applies the rules of realms to a request: checks it, masks the request line, logs refusals.

use nginx_sys::NGX_LOG_ERR;
use ngx::http::HTTPStatus;
use ngx::ngx_log_error;
use pta_token::Refusal;

use crate::check::verify::verify;
use crate::check::{count, log, mask, strip};
use crate::conf::LocConf;
use crate::conf::index::Pta;
use crate::conf::policy::Policy;
use crate::counters::denial::Denial;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::request::outcome::Outcome;
use crate::request::realm::{Realm, RealmState};
use crate::request::record::Record;

/// Fast path: no PTA in this location, and no redirect so far.
#[inline]
pub(crate) fn bypasses(request: Request<'_>) -> bool {
    !LocConf::of(request).is_watched() && request.is_new::<Pta>()
}

/// Checks the request against one realm and applies its rules: masks the request line, logs a
/// refusal. Returns the status if the request is refused.
pub(crate) fn enforce<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    realm: &Realm<'r>,
) -> Result<Option<HTTPStatus>, OutOfMemory> {
    let Some(conf) = realm.conf() else { return Ok(None) };
    let policy = conf.policy();
    let outcome = verify(request, record, conf)?;
    if policy.masks() {
        mask::mask_request_line(request, record, outcome)?;
    }
    let last = realm.replace_checked(outcome);
    if let Some(refusal) = outcome.refusal() {
        return enforce_refusal(request, record, realm, outcome, refusal, last);
    }
    realm.set_strip_due();
    if conf.is_special() {
        if conf.is_dry_run() {
            return let_through(request, record, realm, outcome, last);
        }
        count::allowed(conf, outcome);
    }
    record.cache_mark().allow(policy.cache_control(), outcome.source());
    realm.set_state(RealmState::Allowed);
    Ok(None)
}

/// The end of [`enforce`] for a refusal. `last` is the outcome of the check before.
#[inline(never)] // keeps registers free for allowed requests
fn enforce_refusal<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    realm: &Realm<'r>,
    outcome: &'r Outcome<'r>,
    refusal: Refusal,
    last: Option<&Outcome<'_>>,
) -> Result<Option<HTTPStatus>, OutOfMemory> {
    let conf = outcome.conf();
    let policy = conf.policy();
    if conf.is_dry_run() {
        return let_through(request, record, realm, outcome, last);
    }
    // Otherwise already logged and counted: this is the error page of a refused request, or a check
    // that is repeated.
    if !record.was_refused() && !outcome.repeats(last) {
        count::refused(conf, outcome, refusal);
        log::log(request, record, outcome, refusal)?;
    }
    Ok(Some(refuse(record, realm, policy, refusal)))
}

/// The end of [`enforce`] in a dry run. `last` is the outcome of the check before.
#[cold]
#[inline(never)]
fn let_through<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    realm: &Realm<'r>,
    outcome: &'r Outcome<'r>,
    last: Option<&Outcome<'_>>,
) -> Result<Option<HTTPStatus>, OutOfMemory> {
    realm.set_state(RealmState::DryRun);
    if outcome.repeats(last) {
        return Ok(None);
    }
    match outcome.refusal() {
        None => count::allowed_in_dry_run(outcome),
        Some(_) if record.was_refused() => {}
        Some(refusal) => {
            if refusal == Refusal::Replayed {
                realm.note_used_in_dry_run();
            }
            count::refused_in_dry_run(outcome, refusal);
            log::log(request, record, outcome, refusal)?;
        }
    }
    Ok(None)
}

#[inline]
fn refuse(record: &Record<'_>, realm: &Realm<'_>, policy: &Policy, refusal: Refusal) -> HTTPStatus {
    realm.set_state(RealmState::Unchecked);
    record.refuse(policy.cache_control());
    policy.status(refusal)
}

/// For `pta_phase rewrite`: checks the request against all pending realms. Any refusal is final.
/// Returns the status if the request is refused.
pub(crate) fn enforce_all<'r>(
    request: Request<'r>,
    record: &Record<'r>,
) -> Result<Option<HTTPStatus>, OutOfMemory> {
    let mut has_checked = false;
    for realm in record.pending() {
        has_checked = true;
        let status = enforce(request, record, realm)?;
        if status.is_some() {
            record.refuse_finally();
            return Ok(status);
        }
    }
    if has_checked {
        let refusal = refuse_unused_redirect(request, record, LocConf::of(request));
        if refusal.is_some() {
            return Ok(refusal);
        }
        strip::strip(request, record)?;
    }
    Ok(None)
}

/// Refuses a request that has left its `pta_accel_redirect` location. Its token was not compared
/// with the path, so it allows only that redirect. Returns the status if the request is refused.
#[inline]
pub(crate) fn refuse_unused_redirect<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    here: &LocConf,
) -> Option<HTTPStatus> {
    let is_unused = record.has_unused_redirect(here) && !record.shows_error_page();
    is_unused.then(|| refuse_redirect(request, record, here))
}

#[cold]
#[inline(never)]
fn refuse_redirect<'r>(request: Request<'r>, record: &Record<'r>, here: &LocConf) -> HTTPStatus {
    ngx_log_error!(
        NGX_LOG_ERR,
        request.log(),
        "pta: rewritten to another location than the token redirects to"
    );
    let checked = record.outcome().map_or(here, Outcome::conf);
    count::denied_later(checked, Denial::Refused(Refusal::PathMismatch), false);
    record.refuse(checked.policy().cache_control());
    record.refuse_finally();
    HTTPStatus::FORBIDDEN
}
