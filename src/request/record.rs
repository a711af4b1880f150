//! The data of one request that all its rewrites and internal redirects share: the client's request
//! target, the realms that the request has entered, and the verdicts.
//!
//! nginx clears the modules' contexts when a new arrival begins. The record survives, because a
//! cleanup of the request's pool refers to it. So a missing context shows that a new arrival has
//! begun.

use core::cell::Cell;
use core::ptr;

use crate::conf::LocConf;
use crate::conf::index::Pta;
use crate::conf::main::MainConf;
use crate::conf::policy::CacheControl;
use crate::nginx::http_module::HasContext;
use crate::nginx::lasting::Lasting;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::nginx::tag::Tag;
use crate::nginx::upstream;
use crate::request::arrival::{Arrival, Redirect, RefusalState, Sender, Trail};
use crate::request::cache_mark::CacheMark;
use crate::request::outcome::Outcome;
use crate::request::realm::{Realm, RealmState};
use crate::request::removed_header::RemovedHeader;
use crate::request::usage::Usage;

/// The record of one request. `'r` is the duration of the handler call that uses it. The
/// configurations and the request's memory, to which the record refers, outlive each call.
pub(crate) struct Record<'r> {
    /// The request target as the client sent it.
    target: &'r [u8],
    /// Its path, decoded and normalised, if it is known.
    path: Cell<Option<&'r [u8]>>,
    /// The first realm that the request has entered. It links to the others.
    first_realm: Realm<'r>,
    /// The location that the request entered last, if it is protected and decides the state of its
    /// realm. Unset once no `if` block can replace that location.
    current: Cell<Option<&'r LocConf>>,
    /// An `if` block that enables PTA in the location entered last. Unset once nginx has evaluated
    /// it.
    unresolved_if: Cell<Option<&'r LocConf>>,
    trail: Trail,
    /// The outcome of the last check.
    outcome: Cell<Option<&'r Outcome<'r>>>,
    /// The last header that was removed. It links to the others.
    removed_headers: Cell<Option<&'r RemovedHeader<'r>>>,
    cache_mark: CacheMark,
    /// Whether the request has entered a location where tokens may be used once.
    uses_once: Cell<bool>,
}

/// Every request to a protected location allocates one.
const _: () = assert!(size_of::<Record<'_>>() <= 128);

impl<'r> Record<'r> {
    /// The record of the request, if it has one. Begins a new arrival if nginx has begun one.
    #[inline]
    pub(crate) fn find(request: Request<'r>) -> Option<&'r Self> {
        if let Some(record) = request.context::<Pta>() {
            return Some(record);
        }
        if !request.is_internal() {
            return None;
        }
        let record = request.find_lasting::<Record<'static>>()?;
        request.set_context::<Pta>(record);
        record.begin_arrival(request);
        Some(record)
    }

    /// The record of the request, if it has one. Never begins a new arrival.
    pub(crate) fn peek(request: Request<'r>) -> Option<&'r Self> {
        request.context::<Pta>().or_else(|| request.find_lasting::<Record<'static>>())
    }

    /// The record of the request. Makes one if it has none.
    pub(crate) fn find_or_make(request: Request<'r>) -> Result<&'r Self, OutOfMemory> {
        Self::find(request).map_or_else(|| Self::make(request), Ok)
    }

    /// Makes the record of a request that has none.
    pub(crate) fn make(request: Request<'r>) -> Result<&'r Self, OutOfMemory> {
        let path = Some(request.uri()).filter(|uri| !uri.is_empty() && !request.is_internal());
        let record = Self::new(request, request.target(), path);
        let record = request.allocate_lasting::<Record<'static>>(record)?;
        request.set_context::<Pta>(record);
        Ok(record)
    }

    #[inline]
    fn new(request: Request<'r>, target: &'r [u8], path: Option<&'r [u8]>) -> Self {
        Self {
            target,
            path: Cell::new(path),
            first_realm: Realm::new(None),
            current: Cell::new(None),
            unresolved_if: Cell::new(None),
            trail: Trail::new(request.error_signs()),
            outcome: Cell::new(None),
            removed_headers: Cell::new(None),
            cache_mark: CacheMark::default(),
            uses_once: Cell::new(false),
        }
    }

    /// A record that belongs to no request, for a check of `target`. `removed` are the headers that
    /// this module has removed from the request that asks.
    pub(crate) fn of_question(
        request: Request<'r>,
        target: &'r [u8],
        path: &'r [u8],
        removed: Option<&'r RemovedHeader<'r>>,
    ) -> Self {
        Self { removed_headers: Cell::new(removed), ..Self::new(request, target, Some(path)) }
    }

    #[inline(never)] // keeps the path of requests without redirects short
    fn begin_arrival(&self, request: Request<'r>) {
        for realm in self.realms() {
            realm.set_state(realm.state().at_arrival());
        }
        self.current.set(None);
        self.trail.is_located.set(false);
        let signs = request.error_signs();
        let shows_new_error = signs.appeared_since(self.trail.error_signs.replace(signs));
        let redirect = Redirect {
            shows_new_error,
            is_answered: Self::is_answered(request),
            is_allowed: self.realms().any(|realm| realm.state() == RealmState::Allowed),
            sender: self.sender(request, shows_new_error),
        };
        let (arrival, refusal) = redirect.arrive(self.trail.refusal.get());
        self.trail.arrival.set(arrival);
        self.trail.refusal.set(refusal);
    }

    /// Whether nginx has answered with a refusal that it kept in `r->access_code` under `satisfy
    /// any`. It then resets the field. It also does so if another module lets the request in, but
    /// then the refusal is already noted as overruled (see `phases::first`). Only with
    /// `recursive_error_pages` can nginx show an error page without a new sign.
    fn is_answered(request: Request<'_>) -> bool {
        request.access_code() == 0 && MainConf::of_request(request).recurses()
    }

    fn sender(&self, request: Request<'r>, shows_new_error: bool) -> Sender {
        let follows_token = self.trail.is_token_redirect_due.take();
        if self.follows_upstream(request, shows_new_error) {
            Sender::Upstream
        } else if follows_token {
            Sender::Token
        } else {
            Sender::Nginx
        }
    }

    /// Whether an X-Accel-Redirect has led to this arrival. nginx follows it immediately or not at
    /// all, so a known upstream never exempts a later redirect.
    fn follows_upstream(&self, request: Request<'r>, shows_new_error: bool) -> bool {
        let Some(upstream) = request.upstream() else { return false };
        let is_known = ptr::eq(self.trail.upstream.replace(upstream), upstream);
        !is_known
            && !shows_new_error
            && upstream::is_followed(request, upstream, MainConf::of_request(request).recurses())
    }

    /// Notes how a request that had no record was redirected. `shows_error` says whether nginx
    /// shows an error page.
    pub(crate) fn note_first_redirect(&self, request: Request<'r>, shows_error: bool) {
        if self.follows_upstream(request, shows_error) {
            self.trail.arrival.set(Arrival::AccelRedirect);
        }
    }

    /// Notes that the request has come to a location. If a rewrite has led it here from an error
    /// page, the exemption of the page ends.
    pub(crate) fn note_location(&self) {
        if !self.trail.is_located.replace(true) || self.trail.arrival.get() != Arrival::ErrorPage {
            return;
        }
        self.trail.arrival.set(Arrival::Plain);
        for realm in self.realms() {
            realm.set_state(realm.state().after_error_page());
        }
    }

    /// The same for a record that has just been made.
    #[inline]
    pub(crate) fn note_first_location(&self) {
        self.trail.is_located.set(true);
    }

    /// Notes that the next arrival is the redirect to the path in the token, by which `conf` has
    /// allowed the request. The verdict counts only for this redirect.
    pub(crate) fn follow_token(&self, conf: &LocConf) {
        for realm in self.realms().filter(|realm| realm.has(conf)) {
            realm.set_state(RealmState::Exempt);
        }
        self.trail.token_keys.set(conf.ring().map_or(ptr::null(), ptr::from_ref));
        self.trail.is_token_redirect_due.set(true);
    }

    /// The request target as the client sent it.
    pub(crate) fn target(&self) -> &'r [u8] {
        self.target
    }

    /// The client's path, decoded and normalised, if it is known.
    pub(crate) fn path(&self) -> Option<&'r [u8]> {
        self.path.get()
    }

    pub(crate) fn set_path(&self, path: &'r [u8]) {
        self.path.set(Some(path));
    }

    /// The outcome of the last check, if there was one.
    #[inline]
    pub(crate) fn outcome(&self) -> Option<&'r Outcome<'r>> {
        self.outcome.get()
    }

    #[inline]
    pub(crate) fn set_outcome(&self, outcome: &'r Outcome<'r>) {
        self.outcome.set(Some(outcome));
    }

    /// The headers with tokens that this module has removed from the request.
    pub(crate) fn removed_headers(&self) -> Option<&'r RemovedHeader<'r>> {
        self.removed_headers.get()
    }

    pub(crate) fn set_removed_headers(&self, last: &'r RemovedHeader<'r>) {
        self.removed_headers.set(Some(last));
    }

    /// Notes that the token by which `conf` allows the request does not cover its path as a folder.
    pub(crate) fn note_narrow_token(&self, conf: &LocConf) {
        for realm in self.realms().filter(|realm| realm.has(conf)) {
            realm.note_narrow_token();
        }
    }

    pub(crate) fn had_narrow_token(&self) -> bool {
        self.realms().any(Realm::had_narrow_token)
    }

    /// The realms that the request has entered, in the order of entry.
    pub(crate) fn realms(&self) -> impl Iterator<Item = &Realm<'r>> {
        let first = Some(&self.first_realm).filter(|first| first.conf.get().is_some());
        core::iter::successors(first, |realm| realm.next.get())
    }

    /// The names of tokens in the locations that the request has entered.
    pub(crate) fn token_names(&self) -> impl Iterator<Item = &'r [u8]> {
        let names = self.realms().filter_map(Realm::conf).map(|conf| conf.policy().name());
        names.chain(self.outcome().map(Outcome::name))
    }

    /// Whether the request is in the location `conf`, and has entered no realm but that of `conf`.
    #[inline]
    pub(crate) fn has_entered_only(&self, conf: &LocConf, here: &LocConf) -> bool {
        let first = self.first_realm.conf.get();
        ptr::eq(conf, here)
            && first.is_some_and(|first| ptr::eq(first, conf))
            && self.first_realm.next.get().is_none()
    }

    /// The realm of the location `conf`, if the request has entered it in its last rewrite phase.
    /// From now on, no `if` block can replace the location.
    #[inline]
    pub(crate) fn take_current(&'r self, conf: &LocConf) -> Option<&'r Realm<'r>> {
        self.current.take().filter(|noted| ptr::eq(*noted, conf))?;
        self.realm_of(conf)
    }

    /// The realm of the location `conf`, if the request has entered it.
    #[inline]
    fn realm_of(&'r self, conf: &LocConf) -> Option<&'r Realm<'r>> {
        // Usually there is one.
        let first = &self.first_realm;
        let is_first = first.conf.get().is_some_and(|first| ptr::eq(first, conf));
        if is_first { Some(first) } else { self.find_realm(conf) }
    }

    #[inline(never)]
    fn find_realm(&'r self, conf: &LocConf) -> Option<&'r Realm<'r>> {
        self.realms().find(|realm| realm.has(conf))
    }

    /// Whether the realm of the location `here` has allowed the request by the rules of another one.
    #[inline]
    pub(crate) fn was_checked_elsewhere(&self, here: &LocConf) -> bool {
        let is_first = self.first_realm.conf.get().is_some_and(|first| ptr::eq(first, here));
        !is_first && self.has_other_check(here)
    }

    #[cold]
    #[inline(never)]
    fn has_other_check(&self, here: &LocConf) -> bool {
        self.realms().any(|realm| {
            realm.allowed_by().is_some_and(|outcome| !ptr::eq(outcome.conf(), here)) && realm.has(here)
        })
    }

    /// Notes that the request enters the location `conf`. Returns its realm, if it is protected.
    #[inline]
    pub(crate) fn enter(
        &'r self,
        request: Request<'r>,
        conf: &'r LocConf,
    ) -> Result<Option<&'r Realm<'r>>, OutOfMemory> {
        // Usually, it is the first one, and the client's own.
        let first = &self.first_realm;
        if first.conf.get().is_none() && self.is_plain_arrival() && conf.ring().is_some() {
            first.begin(conf);
            self.current.set(Some(conf));
            return Ok(Some(first));
        }
        self.enter_in(request, conf, self.trail.arrival.get())
    }

    #[inline(never)] // keeps the usual path short
    fn enter_in(
        &'r self,
        request: Request<'r>,
        conf: &'r LocConf,
        arrival: Arrival,
    ) -> Result<Option<&'r Realm<'r>>, OutOfMemory> {
        self.current.set(None);
        let Some(ring) = conf.ring() else { return Ok(None) };
        let realm = match self.realm_of(conf) {
            Some(realm) => realm,
            None => self.append(request, conf)?,
        };
        if realm.visit(conf, arrival, ptr::eq(ring, self.trail.token_keys.get())) {
            self.current.set(Some(conf));
        }
        Ok(Some(realm))
    }

    /// Notes an `if` block that would enable PTA. If `return` leaves the location, it is not known
    /// whether the `if` matched.
    pub(crate) fn expect_if(&self, block: &'r LocConf) {
        self.unresolved_if.set(Some(block));
    }

    /// Notes that nginx has evaluated the `if` blocks of the location.
    pub(crate) fn resolve_if(&self) {
        self.unresolved_if.set(None);
    }

    /// If the request left a location before nginx evaluated an `if` block that enables PTA, assume
    /// that it matches.
    pub(crate) fn assume_if(&'r self, request: Request<'r>) -> Result<(), OutOfMemory> {
        if let Some(block) = self.unresolved_if.take() {
            let result = self.enter_in(request, block, Arrival::Plain);
            self.current.set(None);
            result?;
            self.note_once(request, block)?;
        }
        Ok(())
    }

    fn append(&'r self, request: Request<'r>, conf: &'r LocConf) -> Result<&'r Realm<'r>, OutOfMemory> {
        if self.first_realm.conf.get().is_none() {
            self.first_realm.conf.set(Some(conf));
            return Ok(&self.first_realm);
        }
        let realm = request.allocate(Realm::new(Some(conf)))?;
        let last = core::iter::successors(Some(&self.first_realm), |realm| realm.next.get()).last();
        if let Some(last) = last {
            last.next.set(Some(realm));
        }
        Ok(realm)
    }

    /// Notes that the block `conf` is in effect. If it has replaced the location entered last, the
    /// request has not entered that location's realm.
    pub(crate) fn replace_with_if(&'r self, conf: &'r LocConf) {
        if let Some(left) = self.current.get().filter(|noted| !ptr::eq(*noted, conf)) {
            // A verdict remains valid.
            let has_verdict =
                |realm: &&Realm<'r>| matches!(realm.state(), RealmState::Allowed | RealmState::DryRun);
            if let Some(realm) = self.realm_of(left).filter(|realm| !has_verdict(realm)) {
                realm.set_state(RealmState::Unchecked);
            }
            self.current.set(None);
        }
    }

    /// The realms that must still be checked.
    pub(crate) fn pending(&self) -> impl Iterator<Item = &Realm<'r>> {
        self.realms().filter(|realm| realm.state() == RealmState::Pending)
    }

    /// Whether a `pta_accel_redirect` location has allowed the request, but a rewrite has then led
    /// it to another location.
    pub(crate) fn has_unused_redirect(&self, here: &LocConf) -> bool {
        self.realms().any(|realm| {
            realm.state() == RealmState::Allowed
                && realm.conf().is_some_and(LocConf::redirects)
                && !realm.has(here)
        })
    }

    /// Whether this arrival shows the error page of a request that has a verdict.
    pub(crate) fn shows_error_page(&self) -> bool {
        self.trail.arrival.get() == Arrival::ErrorPage
    }

    /// Whether this arrival is exempt in all realms: an error page, or an X-Accel-Redirect.
    pub(crate) fn is_exempt_arrival(&self) -> bool {
        matches!(self.trail.arrival.get(), Arrival::ErrorPage | Arrival::AccelRedirect)
    }

    /// Whether this arrival is exempt in the location `conf`.
    pub(crate) fn exempts(&self, conf: &LocConf) -> bool {
        let has_token_keys = conf.ring().is_some_and(|ring| ptr::eq(ring, self.trail.token_keys.get()));
        self.is_exempt_arrival() || (self.trail.arrival.get() == Arrival::TokenRedirect && has_token_keys)
    }

    /// Notes that the request has entered the location `conf`, if tokens may be used once there and
    /// the request needs one.
    pub(crate) fn note_once(&self, request: Request<'r>, conf: &'r LocConf) -> Result<(), OutOfMemory> {
        if conf.once().is_none() || self.exempts(conf) {
            return Ok(());
        }
        self.uses_once.set(true);
        Usage::enter(request, conf)
    }

    /// Whether a valid token must be looked up among those that were used.
    #[inline]
    pub(crate) fn uses_once(&self) -> bool {
        self.uses_once.get()
    }

    /// Whether this arrival is the client's own request, or a redirect to another location of it.
    pub(crate) fn is_plain_arrival(&self) -> bool {
        self.trail.arrival.get() == Arrival::Plain
    }

    /// Whether there is a refusal that no other module has overruled.
    pub(crate) fn is_refused(&self) -> bool {
        !matches!(self.trail.refusal.get(), RefusalState::None | RefusalState::Overruled)
    }

    /// Notes that this module refuses the request in this arrival. Another module may still let it
    /// in. `setting` is that of the location that gives the verdict.
    pub(crate) fn refuse(&self, setting: CacheControl) {
        self.trail.refusal.set(RefusalState::Soft);
        self.cache_mark.refuse(setting);
    }

    /// Makes the refusal final. No other realm is checked.
    pub(crate) fn refuse_finally(&self) {
        self.trail.refusal.set(RefusalState::Final);
        for realm in self.pending() {
            realm.set_state(RealmState::Unchecked);
        }
    }

    /// Whether the refusal of this arrival is final.
    pub(crate) fn is_finally_refused(&self) -> bool {
        self.trail.refusal.get() == RefusalState::Final
    }

    /// Notes that another module has let the request in. Changes nothing unless this module has
    /// refused it in this arrival.
    pub(crate) fn note_let_in(&self) {
        if self.trail.refusal.get() == RefusalState::Soft {
            self.trail.refusal.set(RefusalState::Overruled);
            self.cache_mark.overrule();
        }
    }

    /// What the verdicts mean for caches.
    pub(crate) fn cache_mark(&self) -> &CacheMark {
        &self.cache_mark
    }

    /// Whether another module has let the request in although this one refused it.
    pub(crate) fn is_overruled(&self) -> bool {
        self.trail.refusal.get() == RefusalState::Overruled
    }

    /// Whether the request was refused in an earlier arrival. Another refusal is then not logged.
    pub(crate) fn was_refused(&self) -> bool {
        self.trail.refusal.get() == RefusalState::Answered
    }

    /// The state of the realm of `conf`, if the request has entered it.
    pub(crate) fn state_of(&self, conf: &LocConf) -> Option<RealmState> {
        self.realms().find(|realm| realm.has(conf)).map(Realm::state)
    }

    /// Notes that a check by `conf` has ignored sealed cookies. Returns whether an earlier check of
    /// its realm has done so, too.
    pub(crate) fn note_ignored_cookies(&self, conf: &LocConf) -> bool {
        self.realms().find(|realm| realm.has(conf)).is_some_and(Realm::note_ignored_cookies)
    }

    /// Notes that the dry run of `conf` reports a token that has been used, or for which its zone has
    /// no room. Returns whether the realm has done so before.
    pub(crate) fn note_used_in_dry_run(&self, conf: &LocConf) -> bool {
        self.realms().find(|realm| realm.has(conf)).is_some_and(Realm::note_used_in_dry_run)
    }
}

// SAFETY: only this function uses the static.
unsafe impl Lasting for Record<'static> {
    type Of<'r> = Record<'r>;

    fn tag() -> &'static Tag {
        static TAG: Tag = Tag::new();
        &TAG
    }
}

// SAFETY: only this file sets the context, with `Request::set_context`.
unsafe impl HasContext for Pta {
    type Context<'r> = Record<'r>;
}
