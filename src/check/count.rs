//! Counts the decisions of locations with a `pta_metrics_label`.

use nginx_sys::ngx_time;
use pta_token::{Refusal, SealedToken};

use crate::conf::LocConf;
use crate::counters::denial::Denial;
use crate::counters::slot::SOURCES;
use crate::request::outcome::{Outcome, Source};

const _: () = assert!(Source::ALL.len() <= SOURCES);

/// A token that expired so many seconds ago was fresh: a clock is wrong.
const RECENTLY: i64 = 60;

/// Counts an allowed request, if the location has a label. Not in a dry run.
#[inline]
pub(super) fn allowed(conf: &LocConf, outcome: &Outcome<'_>) {
    let Some(counters) = conf.counters() else { return };
    let Some((candidate, pair)) = outcome.candidate().zip(outcome.pair()) else { return };
    counters.note_key(pair, ngx_time());
    if SealedToken::opened_is_sealed(candidate.token) {
        counters.count_allowed_sealed(candidate.source.index(), pair);
    } else {
        counters.count_allowed(candidate.source.index(), pair);
    }
}

/// The same in a dry run.
#[cold]
#[inline(never)]
pub(super) fn allowed_in_dry_run(outcome: &Outcome<'_>) {
    let conf = outcome.conf();
    allowed(conf, outcome);
    if let Some(counters) = conf.counters() {
        counters.count_dry_run_allowed();
    }
}

/// Counts a refusal, if the location has a label. Not in a dry run, and not that of an error page,
/// which is not logged either.
#[inline(never)]
pub(super) fn refused(conf: &LocConf, outcome: &Outcome<'_>, refusal: Refusal) {
    let Some(counters) = conf.counters() else { return };
    let now = ngx_time();
    counters.count_denied(Denial::Refused(refusal), now);
    if refusal == Refusal::Expired && is_recent(conf, outcome, now) {
        counters.count_expired_recently();
    }
}

/// The same in a dry run.
#[cold]
pub(super) fn refused_in_dry_run(outcome: &Outcome<'_>, refusal: Refusal) {
    let conf = outcome.conf();
    refused(conf, outcome, refusal);
    if let Some(counters) = conf.counters() {
        counters.count_denied_in_dry_run(Denial::Refused(refusal));
    }
}

/// Whether the token has only just expired. With `pta_leeway`, it is refused when that is over as
/// well.
#[inline]
fn is_recent(conf: &LocConf, outcome: &Outcome<'_>, now: i64) -> bool {
    // Nothing of a client is in this difference.
    let before = now.wrapping_sub(conf.policy().leeway()).wrapping_sub(RECENTLY);
    outcome.expires().is_some_and(|expires| expires > before)
}

/// Counts a denial beside the check: of a request that the check has allowed, or has not seen.
pub(super) fn denied_later(conf: &LocConf, denial: Denial, is_dry_run: bool) {
    if let Some(counters) = conf.counters() {
        counters.count_denied(denial, ngx_time());
        if is_dry_run {
            counters.count_denied_in_dry_run(denial);
        }
    }
}

/// Counts a question to a gate that it cannot check.
pub(super) fn nothing_asked(conf: &LocConf) {
    denied_later(conf, Denial::Refused(Refusal::Missing), false);
}
