//! Marks tokens as used.

use ngx::core::Status;
use ngx::http::HTTPStatus;
use pta_once::Claim;

use crate::check::replay;
use crate::conf::LocConf;
use crate::nginx::conf::{Logged, Postconf};
use crate::nginx::handler::handler;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::phases::{self, Order, PRECONTENT_PHASE};
use crate::nginx::request::Request;
use crate::once::conf::{CLAIMS, Once};
use crate::request::outcome::Outcome;
use crate::request::realm::RealmState;
use crate::request::record::Record;
use crate::request::usage::{Usage, identity};

pub(super) fn register(cf: Postconf<'_>) -> Result<(), Logged> {
    phases::add(cf, PRECONTENT_PHASE, Order::BeforeOthers, handler)
}

handler! {
    /// PRECONTENT phase: all access modules have let the request in. What they refuse uses no token.
    /// nginx runs this before `mirror` and `try_files`. With `pta_phase rewrite`, the claim has been
    /// made before.
    fn handler(request) = phase(OnceClaim, claim)
}

/// Claims the tokens of the locations that the request has entered. Returns the status if the
/// request is refused.
pub(super) fn claim(request: Request<'_>) -> Result<Status, OutOfMemory> {
    if !request.is_main() {
        return Ok(Status::NGX_DECLINED);
    }
    let Some(record) = Record::find(request) else { return Ok(Status::NGX_DECLINED) };
    // An `if` block may have taken the location's place.
    record.note_once(request, LocConf::of(request))?;
    let Some(usage) = Usage::find(request) else { return Ok(Status::NGX_DECLINED) };
    // What an internal redirect adds to the claims is not claimed, nor what is exempt. But if only
    // dry runs have claimed before the redirect, the other locations behind it do so as well.
    let is_begun = request.context::<Once>().is_some();
    if (!is_begun && usage.has_enforced_claim()) || record.is_exempt_arrival() {
        return Ok(Status::NGX_DECLINED);
    }
    let without_dry_runs = !is_begun && !usage.is_unclaimed();
    for conf in usage.entered() {
        if without_dry_runs && conf.policy().is_dry_run() {
            continue;
        }
        if let Some(status) = claim_in(request, record, usage, conf)? {
            return Ok(status.into());
        }
    }
    Ok(Status::NGX_DECLINED)
}

/// Claims the token that has allowed the request in this location. Returns the status if the request
/// is refused.
fn claim_in<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    usage: &Usage<'r>,
    conf: &'r LocConf,
) -> Result<Option<HTTPStatus>, OutOfMemory> {
    let Some(rules) = conf.once().filter(|rules| rules.applies_to(request.method())) else { return Ok(None) };
    let Some(outcome) = allowed_in(record, conf) else { return Ok(None) };
    let Some((token, expires)) = outcome.accepted_token().zip(outcome.expires()) else { return Ok(None) };
    // Another realm may have another token, which is claimed as well.
    let Some(identity) = identity(token).filter(|identity| !usage.has_claimed(&rules.zone, identity)) else {
        return Ok(None);
    };
    let is_dry_run = conf.policy().is_dry_run() || outcome.conf().policy().is_dry_run();
    let claim = Usage::prepare(request, rules, identity, is_dry_run)?;
    match rules.zone.claim(&identity, expires, request.log()) {
        Claim::Made(owner) => {
            usage.note_claim(claim, owner);
            request.set_context::<Once>(&CLAIMS);
            Ok(None)
        }
        Claim::Replayed => {
            give_back(request, usage, is_dry_run);
            replay::refuse_replayed(request, record, outcome, conf)
        }
        Claim::Full => {
            give_back(request, usage, is_dry_run);
            replay::refuse_unavailable(request, record, outcome, conf)
        }
    }
}

/// The outcome by which the realm of the location has allowed the request, in a dry run as well.
fn allowed_in<'r>(record: &Record<'r>, conf: &LocConf) -> Option<&'r Outcome<'r>> {
    let realm = record.realms().find(|realm| realm.has(conf))?;
    let is_allowed = matches!(realm.state(), RealmState::Allowed | RealmState::DryRun);
    realm.allowed_by().filter(|_| is_allowed)
}

/// Takes back what a request has claimed that is then refused.
fn give_back(request: Request<'_>, usage: &Usage<'_>, is_dry_run: bool) {
    if is_dry_run {
        return;
    }
    for claim in usage.claims() {
        claim.rules.zone.release(&claim.identity, claim.owner(), request.log());
    }
    usage.forget_claims();
}
