//! Tokens that may be used once: refuses those that were used before.

use ngx::http::HTTPStatus;
use pta_token::Refusal;

use crate::check::{count, log};
use crate::conf::LocConf;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::request::outcome::Outcome;
use crate::request::record::Record;
use crate::request::usage::{Usage, identity};

/// Whether the location lets a token be used once, and this one has been used.
#[cold]
#[inline(never)]
pub(super) fn is_replayed(request: Request<'_>, conf: &LocConf, token: &[u8]) -> bool {
    let Some(rules) = conf.once().filter(|rules| rules.applies_to(request.method())) else { return false };
    // After an internal redirect, the claim may be that of this request.
    if Usage::find(request).is_some_and(Usage::has_claimed) {
        return false;
    }
    identity(token).is_some_and(|identity| rules.zone.is_claimed(&identity, request.log()))
}

/// Refuses a request that `outcome` has allowed, because another one has used its token meanwhile.
/// No other module can overrule that. Returns the status, unless it is a dry run.
#[cold]
pub(crate) fn refuse_replayed<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    outcome: &Outcome<'r>,
) -> Result<Option<HTTPStatus>, OutOfMemory> {
    let outcome = request.allocate(outcome.replayed())?;
    record.set_outcome(outcome);
    let policy = outcome.conf().policy();
    count::refused_later(outcome.conf(), Refusal::Replayed, policy.is_dry_run());
    log::log(request, record, outcome, Refusal::Replayed)?;
    Ok(refuse(record, outcome, policy.status(Refusal::Replayed)))
}

/// The same, because there is no room to note that the token is used.
#[cold]
pub(crate) fn refuse_unavailable<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    outcome: &Outcome<'r>,
) -> Result<Option<HTTPStatus>, OutOfMemory> {
    let outcome = request.allocate(outcome.unavailable())?;
    record.set_outcome(outcome);
    Ok(refuse(record, outcome, HTTPStatus::SERVICE_UNAVAILABLE))
}

fn refuse<'r>(record: &Record<'r>, outcome: &Outcome<'r>, status: HTTPStatus) -> Option<HTTPStatus> {
    let policy = outcome.conf().policy();
    if policy.is_dry_run() {
        return None;
    }
    record.refuse(policy.cache_control());
    record.refuse_finally();
    Some(status)
}
