//! Tokens that may be used once: refuses those that were used before.

use ngx::http::HTTPStatus;
use pta_token::Refusal;

use crate::check::{count, log};
use crate::conf::LocConf;
use crate::counters::denial::Denial;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::request::outcome::Outcome;
use crate::request::record::Record;
use crate::request::usage::{Usage, identity};

/// Whether one of the realm's locations that the request has entered lets a token be used once, and
/// this one has been used.
#[cold]
#[inline(never)]
pub(super) fn is_replayed(request: Request<'_>, conf: &LocConf, token: &[u8]) -> bool {
    let Some((usage, identity)) = Usage::find(request).zip(identity(token)) else { return false };
    let is_here = |entered: &&LocConf| {
        // A dry run refuses nobody for a location that is none.
        let counts = conf.policy().is_dry_run() || !entered.policy().is_dry_run();
        counts && entered.is_same_realm(conf)
    };
    usage.entered().filter(is_here).filter_map(LocConf::once).any(|rules| {
        // After an internal redirect, the claim may be that of this request.
        rules.applies_to(request.method())
            && !usage.has_claimed(&rules.zone, &identity)
            && rules.zone.is_claimed(&identity, request.log())
    })
}

/// What becomes of a request that `outcome` has allowed, because another one has used its token
/// meanwhile. No other module can overrule that. Returns the status, unless the location `conf`, to
/// which the claim belongs, is a dry run.
#[cold]
pub(crate) fn refuse_replayed<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    outcome: &Outcome<'r>,
    conf: &'r LocConf,
) -> Result<Option<HTTPStatus>, OutOfMemory> {
    let outcome = request.allocate(judged_by(outcome, conf).replayed())?;
    let policy = outcome.conf().policy();
    if !is_reported(record, outcome) {
        count::denied_later(outcome.conf(), Denial::Refused(Refusal::Replayed), policy.is_dry_run());
        log::log(request, record, outcome, Refusal::Replayed)?;
    }
    Ok(refuse(record, outcome, policy.status(Refusal::Replayed)))
}

/// The same, because there is no room to note that the token is used.
#[cold]
pub(crate) fn refuse_unavailable<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    outcome: &Outcome<'r>,
    conf: &'r LocConf,
) -> Result<Option<HTTPStatus>, OutOfMemory> {
    let outcome = request.allocate(judged_by(outcome, conf).unavailable())?;
    if !is_reported(record, outcome) {
        let is_dry_run = outcome.conf().policy().is_dry_run();
        count::denied_later(outcome.conf(), Denial::Unavailable, is_dry_run);
    }
    Ok(refuse(record, outcome, HTTPStatus::SERVICE_UNAVAILABLE))
}

/// Whether a dry run has logged and counted this before: an internal redirect repeats its attempt to
/// claim the token. A refusal that is none is final.
fn is_reported(record: &Record<'_>, outcome: &Outcome<'_>) -> bool {
    outcome.conf().policy().is_dry_run() && record.note_used_in_dry_run(outcome.conf())
}

/// The outcome by the rules of the location `conf` if it is a dry run, although the realm is checked
/// by those of another one.
fn judged_by<'r>(outcome: &Outcome<'r>, conf: &'r LocConf) -> Outcome<'r> {
    if conf.policy().is_dry_run() { outcome.with_conf(conf) } else { *outcome }
}

fn refuse<'r>(record: &Record<'r>, outcome: &'r Outcome<'r>, status: HTTPStatus) -> Option<HTTPStatus> {
    let policy = outcome.conf().policy();
    if policy.is_dry_run() {
        // What another location has allowed stays allowed.
        let is_enforced = record.outcome().is_some_and(|known| !known.conf().policy().is_dry_run());
        if !is_enforced {
            record.set_outcome(outcome);
        }
        return None;
    }
    record.set_outcome(outcome);
    record.refuse(policy.cache_control());
    record.refuse_finally();
    Some(status)
}
