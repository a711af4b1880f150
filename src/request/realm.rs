//! Locations that share keys are one *realm* (RFC 9110, section 11.5). A verdict given in one
//! location of a realm holds in all of it, and every realm that a request enters must allow it.

use core::cell::Cell;

use crate::conf::LocConf;
use crate::request::arrival::Arrival;
use crate::request::outcome::Outcome;

/// The state of a realm for one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RealmState {
    /// Not checked, or refused.
    Unchecked,
    /// The request has entered a location of the realm, and must be checked.
    Pending,
    /// The realm has allowed the request.
    Allowed,
    /// An X-Accel-Redirect or a token has led into the realm.
    Exempt,
    /// The error page of this arrival lies in the realm.
    ExemptErrorPage,
    /// The realm was checked in this arrival as a dry run, which is not a permission.
    DryRun,
}

/// How a request enters a location of a realm.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visit {
    pub(crate) arrival: Arrival,
    /// Whether the location is a dry run.
    pub(crate) is_dry_run: bool,
    /// Whether the pending check, if there is one, is a dry run.
    pub(crate) is_pending_dry_run: bool,
    /// Whether the token of a `TokenRedirect` belongs to this realm.
    pub(crate) has_token_keys: bool,
}

impl RealmState {
    /// The state after the visit, or `None` if it does not change. `Pending` means that the rules
    /// of the visited location apply.
    #[inline]
    pub(crate) fn visit(self, visit: Visit) -> Option<Self> {
        match self {
            Self::DryRun if visit.is_dry_run => None,
            Self::Unchecked | Self::DryRun => Some(match visit.arrival {
                Arrival::ErrorPage => Self::ExemptErrorPage,
                Arrival::AccelRedirect => Self::Exempt,
                Arrival::TokenRedirect if visit.has_token_keys => Self::Exempt,
                Arrival::TokenRedirect | Arrival::Plain => Self::Pending,
            }),
            // An enforcing location takes precedence over a dry run of the same realm.
            Self::Pending if visit.is_pending_dry_run && !visit.is_dry_run => Some(Self::Pending),
            Self::Pending | Self::Allowed | Self::Exempt | Self::ExemptErrorPage => None,
        }
    }

    /// The state when a new arrival begins. Neither a dry run nor the exemption of an error page
    /// lasts longer than one arrival.
    pub(crate) fn at_arrival(self) -> Self {
        match self {
            Self::DryRun | Self::ExemptErrorPage => Self::Unchecked,
            Self::Unchecked | Self::Pending | Self::Allowed | Self::Exempt => self,
        }
    }

    /// The state when a rewrite leads the request from the location of its error page to another
    /// one. The exemption covers only the error page itself.
    pub(crate) fn after_error_page(self) -> Self {
        if self == Self::ExemptErrorPage { Self::Unchecked } else { self }
    }
}

// The notes about the checks of a realm.
const NARROW_TOKEN: u8 = 1;
const IGNORED_COOKIES: u8 = 2;
const USED_IN_DRY_RUN: u8 = 4;

/// A realm that a request has entered.
pub(crate) struct Realm<'r> {
    /// One of its locations, usually the first. It has the rules of the check.
    pub(crate) conf: Cell<Option<&'r LocConf>>,
    state: Cell<RealmState>,
    /// Whether one of the locations entered has `satisfy all`, so that a refusal is final.
    pub(crate) satisfy_all: Cell<bool>,
    /// Whether the realm has just allowed the request, and the token must still be removed.
    strip_due: Cell<bool>,
    /// Rare notes about its checks. They are bits, so that a new realm costs no instruction more.
    notes: Cell<u8>,
    /// The outcome of the last check.
    checked: Cell<Option<&'r Outcome<'r>>>,
    pub(crate) next: Cell<Option<&'r Self>>,
}

impl<'r> Realm<'r> {
    pub(crate) fn new(conf: Option<&'r LocConf>) -> Self {
        Self {
            conf: Cell::new(conf),
            state: Cell::new(RealmState::Unchecked),
            satisfy_all: Cell::new(false),
            strip_due: Cell::new(false),
            notes: Cell::new(0),
            checked: Cell::new(None),
            next: Cell::new(None),
        }
    }

    /// The location by whose rules the realm is checked.
    pub(crate) fn conf(&self) -> Option<&'r LocConf> {
        self.conf.get()
    }

    pub(crate) fn state(&self) -> RealmState {
        self.state.get()
    }

    pub(crate) fn set_state(&self, state: RealmState) {
        self.state.set(state);
    }

    /// The outcome of the last check, if it has allowed the request. In a dry run as well.
    pub(crate) fn allowed_by(&self) -> Option<&'r Outcome<'r>> {
        self.checked.get().filter(|outcome| outcome.refusal().is_none())
    }

    /// Notes the outcome of a check. Returns that of the one before.
    #[inline]
    pub(crate) fn replace_checked(&self, outcome: &'r Outcome<'r>) -> Option<&'r Outcome<'r>> {
        self.checked.replace(Some(outcome))
    }

    /// Whether a refusal is final.
    pub(crate) fn is_satisfy_all(&self) -> bool {
        self.satisfy_all.get()
    }

    /// Whether `conf` is a location of this realm.
    pub(crate) fn has(&self, conf: &LocConf) -> bool {
        self.conf.get().is_some_and(|own| own.is_same_realm(conf))
    }

    /// Notes that the realm has allowed the client's path by a token that does not cover this path
    /// as a folder. Only for WebDAV's methods.
    pub(crate) fn note_narrow_token(&self) {
        self.notes.set(self.notes.get() | NARROW_TOKEN);
    }

    pub(crate) fn had_narrow_token(&self) -> bool {
        self.notes.get() & NARROW_TOKEN != 0
    }

    /// Notes that a check has ignored sealed cookies. Returns whether an earlier check of this realm
    /// has done so, too.
    pub(crate) fn note_ignored_cookies(&self) -> bool {
        self.note(IGNORED_COOKIES)
    }

    /// Notes that a dry run reports a token that has been used, or for which its zone has no room.
    /// Returns whether one has done so for this request before.
    pub(crate) fn note_used_in_dry_run(&self) -> bool {
        self.note(USED_IN_DRY_RUN)
    }

    /// Returns whether it has been noted before.
    fn note(&self, note: u8) -> bool {
        let before = self.notes.replace(self.notes.get() | note);
        before & note != 0
    }

    pub(crate) fn set_strip_due(&self) {
        self.strip_due.set(true);
    }

    pub(crate) fn take_strip_due(&self) -> bool {
        self.strip_due.take()
    }

    /// Notes that the request has entered a location of this realm. Returns whether this location
    /// alone has decided the new state, so that an `if` block that replaces it undoes the change.
    pub(crate) fn visit(&self, conf: &'r LocConf, arrival: Arrival, has_token_keys: bool) -> bool {
        self.visit_from(self.state.get(), conf, arrival, has_token_keys)
    }

    /// The same for a new realm, whose location the client asks for. The location alone has decided
    /// the new state.
    #[inline]
    pub(crate) fn begin(&self, conf: &'r LocConf) {
        self.conf.set(Some(conf));
        self.visit_from(RealmState::Unchecked, conf, Arrival::Plain, false);
    }

    #[allow(clippy::inline_always)] // `begin` needs little of it
    #[inline(always)]
    fn visit_from(
        &self,
        before: RealmState,
        conf: &'r LocConf,
        arrival: Arrival,
        has_token_keys: bool,
    ) -> bool {
        let is_dry_run = conf.is_dry_run();
        let is_pending_dry_run = self.conf.get().is_some_and(LocConf::is_dry_run);
        let after = before.visit(Visit { arrival, is_dry_run, is_pending_dry_run, has_token_keys });
        if let Some(after) = after {
            self.state.set(after);
            if after == RealmState::Pending {
                self.conf.set(Some(conf));
                self.satisfy_all.set(false);
            }
        }
        if !conf.satisfies_any() && !is_dry_run {
            self.satisfy_all.set(true);
        }
        after.is_some() && before != RealmState::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use RealmState::{Allowed, DryRun, Exempt, ExemptErrorPage, Pending, Unchecked};

    const STATES: [RealmState; 6] = [Unchecked, Pending, Allowed, Exempt, ExemptErrorPage, DryRun];

    /// Plain, ErrorPage, AccelRedirect, TokenRedirect with the realm's keys and with others.
    const ARRIVALS: [(Arrival, bool); 5] = [
        (Arrival::Plain, false),
        (Arrival::ErrorPage, false),
        (Arrival::AccelRedirect, false),
        (Arrival::TokenRedirect, true),
        (Arrival::TokenRedirect, false),
    ];

    #[test]
    fn state_after_a_visit() {
        const STAYS: [Option<RealmState>; 5] = [None; 5];
        let new_states = [Pending, ExemptErrorPage, Exempt, Exempt, Pending].map(Some);
        for state in STATES {
            for is_dry_run in [false, true] {
                for is_pending_dry_run in [false, true] {
                    let expected = match (state, is_dry_run, is_pending_dry_run) {
                        (Unchecked, _, _) | (DryRun, false, _) => new_states,
                        // From now on, the rules of this location apply.
                        (Pending, false, true) => [Some(Pending); 5],
                        _ => STAYS,
                    };
                    let found = ARRIVALS.map(|(arrival, has_token_keys)| {
                        state.visit(Visit { arrival, is_dry_run, is_pending_dry_run, has_token_keys })
                    });
                    assert_eq!(found, expected, "{state:?} {is_dry_run} {is_pending_dry_run}");
                }
            }
        }
    }

    #[test]
    fn dry_runs_and_error_pages_end_with_the_arrival() {
        let expected = [Unchecked, Pending, Allowed, Exempt, Unchecked, Unchecked];
        assert_eq!(STATES.map(RealmState::at_arrival), expected);
    }

    #[test]
    fn a_rewrite_ends_only_the_exemption_of_an_error_page() {
        let expected = [Unchecked, Pending, Allowed, Exempt, Unchecked, DryRun];
        assert_eq!(STATES.map(RealmState::after_error_page), expected);
    }
}
