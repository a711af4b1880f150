//! Counts the decisions of locations with a `pta_metrics_label`.

use nginx_sys::ngx_time;
use pta_token::{PairId, Refusal, SealedToken};

use crate::conf::LocConf;
use crate::counters::slot::{SOURCES, Slot};
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
        sealed(counters, candidate.source, pair);
    } else {
        counters.count_allowed(candidate.source.index(), pair);
    }
}

#[cold]
#[inline(never)]
fn sealed(counters: &Slot, source: Source, pair: PairId) {
    counters.count_allowed_sealed(source.index(), pair);
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

/// Counts a refusal. Not those of an error page: they are not logged either.
#[cold]
pub(super) fn refused(outcome: &Outcome<'_>, refusal: Refusal) {
    let conf = outcome.conf();
    let Some(counters) = conf.counters() else { return };
    let (policy, now) = (conf.policy(), ngx_time());
    counters.count_refused(refusal, policy.is_dry_run(), now);
    // With `pta_leeway`, a token is refused only when that is over as well.
    let since = outcome.expires().map(|expires| now.saturating_sub(policy.leeway()).saturating_sub(expires));
    if refusal == Refusal::Expired && since.is_some_and(|since| since < RECENTLY) {
        counters.count_expired_recently();
    }
}

/// Counts that an allowed request is refused after all.
pub(super) fn refused_later(conf: &LocConf, refusal: Refusal, is_dry_run: bool) {
    if let Some(counters) = conf.counters() {
        counters.count_refused(refusal, is_dry_run, ngx_time());
    }
}
