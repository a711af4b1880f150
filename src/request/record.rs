//! The record of one request, kept over all rewrites and internal redirects: the client's request
//! target, the protected locations that the request has realm, and the verdicts.
//!
//! A request runs through the phases in *passes*. nginx begins a new one at an internal redirect or
//! on the way to a named location, and clears the modules' contexts then. The record outlives that
//! under a cleanup of the request's pool. A missing context shows that a new pass has begun.

use core::cell::Cell;
use core::ptr;
use core::sync::atomic::AtomicU8;

use nginx_sys::ngx_http_upstream_t;
use pta_token::KeyRing;

use crate::conf::LocConf;
use crate::conf::index::Pta;
use crate::conf::main::MainConf;
use crate::conf::policy::CacheControl;
use crate::nginx::http_module::HasContext;
use crate::nginx::lasting::{Lasting, Tag};
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::{ErrorSigns, Request};
use crate::nginx::upstream;
use crate::request::cache_mark::CacheMark;
use crate::request::outcome::Outcome;

/// Where a ring of keys stands with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RealmState {
    /// Not checked, or refused.
    Unchecked,
    /// The request has realm a location protected by it, and must be checked.
    Pending,
    /// It allowed the request.
    Allowed,
    /// An X-Accel-Redirect led to a location protected by it: the application has decided.
    Exempt,
    /// The error page that is shown in this pass lies in a location protected by it.
    ExemptErrorPage,
    /// It was checked in this pass as a dry run, which is not a permission.
    DryRun,
}

/// One ring of keys whose locations a request has realm.
pub(crate) struct Realm<'r> {
    /// One of these locations, usually the first. It identifies the ring, and where to look for the
    /// token.
    conf: Cell<Option<&'r LocConf>>,
    state: Cell<RealmState>,
    /// Whether one of these locations has `satisfy all`, so that a refusal is final.
    satisfy_all: Cell<bool>,
    /// Whether it has just allowed the request, and the token has yet to be taken out.
    strip_due: Cell<bool>,
    /// Whether it allowed the client's path by a token that does not cover this path as a folder.
    /// Known for WebDAV's methods only.
    had_narrow_token: Cell<bool>,
    next: Cell<Option<&'r Realm<'r>>>,
}

impl<'r> Realm<'r> {
    fn new(conf: Option<&'r LocConf>) -> Self {
        Self {
            conf: Cell::new(conf),
            state: Cell::new(RealmState::Unchecked),
            satisfy_all: Cell::new(false),
            strip_due: Cell::new(false),
            had_narrow_token: Cell::new(false),
            next: Cell::new(None),
        }
    }

    pub(crate) fn conf(&self) -> Option<&'r LocConf> {
        self.conf.get()
    }

    pub(crate) fn state(&self) -> RealmState {
        self.state.get()
    }

    pub(crate) fn set_state(&self, state: RealmState) {
        self.state.set(state);
    }

    pub(crate) fn set_strip_due(&self) {
        self.strip_due.set(true);
    }

    pub(crate) fn take_strip_due(&self) -> bool {
        self.strip_due.take()
    }

    pub(crate) fn is_satisfy_all(&self) -> bool {
        self.satisfy_all.get()
    }

    fn is_dry_run(&self) -> bool {
        self.conf.get().is_some_and(|conf| conf.policy().is_dry_run())
    }

    fn is_of(&self, conf: &LocConf) -> bool {
        self.conf.get().is_some_and(|own| own.is_same_realm(conf))
    }
}

/// Whether the request has been refused by this module.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Refusal {
    None,
    /// In this pass, under `satisfy any`: another module may still let the request in.
    Soft,
    /// In this pass, and no other module can let the request in.
    Final,
    /// In an earlier pass, and nginx has answered with the refusal.
    Before,
    /// In some pass, but another module let the request in.
    Overruled,
}

/// What has led to the pass that runs now.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Arrival {
    /// The redirect to the path in a token: locations with the same keys are exempt from now on,
    /// others check.
    TokenRedirect,
    /// The client, a rewrite, `index`, `try_files`, or an error before any verdict.
    Plain,
    /// An X-Accel-Redirect: whatever protected locations it leads to are exempt for good.
    AccelRedirect,
    /// The error page of a request that has a verdict: exempt for this pass.
    ErrorPage,
}

/// The record of one request. `'r` is the run of the handler that looks at it: what it refers to, locations'
/// configurations and the request's memory, outlives each run.
pub(crate) struct Record<'r> {
    /// The request target as the client sent it.
    target: &'r [u8],
    /// Its path, decoded and normalised, once it is known.
    path: Cell<Option<&'r [u8]>>,
    /// The rings realm, the first one in place.
    realm: Realm<'r>,
    /// The entry that the location noted last has made, while it may still turn out to be an `if` block.
    current: Cell<Option<(&'r LocConf, &'r Realm<'r>)>>,
    refusal: Cell<Refusal>,
    /// What the last check found, if `is_checked`.
    outcome: Outcome<'r>,
    is_checked: Cell<bool>,
    /// An `if` block that enables PTA in the location noted last, until it is known whether it took its place.
    unresolved_if: Cell<Option<&'r LocConf>>,
    arrival: Cell<Arrival>,
    /// Whether the request has come to a location in this pass.
    is_located: Cell<bool>,
    /// The upstream that the request had at the begin of the last pass.
    known_upstream: Cell<*const ngx_http_upstream_t>,
    /// The ring whose token has sent the request where it is, or will be next.
    sent_by: Cell<*const KeyRing>,
    /// Whether the next pass follows that token.
    follows_token: Cell<bool>,
    /// nginx's signs of an error page when the pass began. nginx never resets them, so that only new ones count.
    error_signs: Cell<ErrorSigns>,
    cache_mark: CacheMark,
}

/// Every request to a protected location pays for one.
const _: () = assert!(size_of::<Record<'_>>() <= 176);

impl<'r> Record<'r> {
    /// The record of the request, if it has one; begins a new pass where nginx has begun one.
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

    /// The record of the request, looked at from outside the phases in which passes begin.
    pub(crate) fn peek(request: Request<'r>) -> Option<&'r Self> {
        request.context::<Pta>().or_else(|| request.find_lasting::<Record<'static>>())
    }

    /// The record of the request, made if there is none.
    pub(crate) fn find_or_make(request: Request<'r>) -> Result<&'r Self, OutOfMemory> {
        Self::find(request).map_or_else(|| Self::make(request), Ok)
    }

    /// The record of a request that has none.
    pub(crate) fn make(request: Request<'r>) -> Result<&'r Self, OutOfMemory> {
        let record = request.allocate_lasting::<Record<'static>>(Self {
            target: request.target(),
            path: Cell::new(Some(request.uri()).filter(|uri| !uri.is_empty() && !request.is_internal())),
            realm: Realm::new(None),
            current: Cell::new(None),
            refusal: Cell::new(Refusal::None),
            outcome: Outcome::missing(LocConf::of(request)),
            is_checked: Cell::new(false),
            unresolved_if: Cell::new(None),
            arrival: Cell::new(Arrival::Plain),
            is_located: Cell::new(false),
            known_upstream: Cell::new(ptr::null()),
            sent_by: Cell::new(ptr::null()),
            follows_token: Cell::new(false),
            error_signs: Cell::new(request.error_signs()),
            cache_mark: CacheMark::default(),
        })?;
        request.set_context::<Pta>(record);
        Ok(record)
    }

    fn begin_arrival(&self, request: Request<'r>) {
        for realm in self.realms() {
            if matches!(realm.state(), RealmState::DryRun | RealmState::ExemptErrorPage) {
                realm.set_state(RealmState::Unchecked);
            }
        }
        self.current.set(None);

        self.is_located.set(false);

        let signs = request.error_signs();
        let is_error_page = signs.appeared_since(self.error_signs.replace(signs));
        let mut is_allowed = self.realms().map(Realm::state).filter(|&state| state == RealmState::Allowed);
        let pass = match self.refusal.get() {
            // nginx answers a final refusal immediately, so only its error page can follow.
            Refusal::Final => {
                self.refusal.set(Refusal::Before);
                Arrival::ErrorPage
            }
            // Another access module may have redirected the request before nginx answered it.
            Refusal::Soft if is_error_page || Self::was_answered(request) => {
                self.refusal.set(Refusal::Before);
                Arrival::ErrorPage
            }
            // The refusal was not answered. The location that the request was redirected to
            // decides.
            Refusal::Soft => {
                self.refusal.set(Refusal::None);
                Arrival::Plain
            }
            Refusal::Before | Refusal::Overruled if is_error_page => Arrival::ErrorPage,
            _ if is_error_page && is_allowed.next().is_some() => Arrival::ErrorPage,
            _ => Arrival::Plain,
        };
        self.arrival.set(pass);
        let follows_token = self.follows_token.take();
        if follows_token && !is_error_page {
            self.arrival.set(Arrival::TokenRedirect);
        }
        self.note_upstream(request, is_error_page);
    }

    /// Whether nginx has answered with a refusal that it kept under `satisfy any`: it then resets
    /// `r->access_code`. Only with `recursive_error_pages` can nginx show an error page without a
    /// new sign. nginx also resets it when another module lets the request in, but then the refusal
    /// is already noted as overruled (see `phase_order`).
    fn was_answered(request: Request<'_>) -> bool {
        request.access_code() == 0 && MainConf::of_request(request).recurses()
    }

    /// Notes that the request has come to a location. The exemption of an error page covers the page as it is
    /// answered: it ends when a rewrite leaves the page's location.
    pub(crate) fn note_location(&self) {
        if !self.is_located.replace(true) || self.arrival.get() != Arrival::ErrorPage {
            return;
        }
        self.arrival.set(Arrival::Plain);
        for realm in self.realms().filter(|realm| realm.state() == RealmState::ExemptErrorPage) {
            realm.set_state(RealmState::Unchecked);
        }
    }

    /// Notes at the beginning of a pass whether it follows an X-Accel-Redirect. nginx follows
    /// X-Accel-Redirect immediately or not at all, so a known upstream never exempts a later
    /// redirect.
    pub(crate) fn note_upstream(&self, request: Request<'r>, is_error_page: bool) {
        let Some(upstream) = request.upstream() else { return };
        if ptr::eq(self.known_upstream.replace(upstream), upstream) || is_error_page {
            return;
        }
        if upstream::is_followed(request, upstream, MainConf::of_request(request).recurses()) {
            self.arrival.set(Arrival::AccelRedirect);
        }
    }

    /// Notes that the next pass is the redirect of the token by which `conf` has allowed the
    /// request. The verdict is used up then.
    pub(crate) fn follow_token(&self, conf: &LocConf) {
        for realm in self.realms().filter(|realm| realm.is_of(conf)) {
            realm.set_state(RealmState::Exempt);
        }
        self.sent_by.set(conf.ring().map_or(ptr::null(), ptr::from_ref));
        self.follows_token.set(true);
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

    /// What the last check found, once there was one.
    #[inline]
    pub(crate) fn outcome(&self) -> Option<&Outcome<'r>> {
        self.is_checked.get().then_some(&self.outcome)
    }

    /// The outcome of the check that runs now, which fills it.
    #[inline]
    pub(crate) fn new_outcome(&self) -> &Outcome<'r> {
        self.is_checked.set(true);
        &self.outcome
    }

    /// Notes that `conf` allows the request by a token that does not cover its path as a folder.
    pub(crate) fn note_narrow_token(&self, conf: &LocConf) {
        for realm in self.realms().filter(|realm| realm.is_of(conf)) {
            realm.had_narrow_token.set(true);
        }
    }

    pub(crate) fn had_narrow_token(&self) -> bool {
        self.realms().any(|realm| realm.had_narrow_token.get())
    }

    /// All rings realm, in the order in which that happened.
    pub(crate) fn realms(&self) -> impl Iterator<Item = &Realm<'r>> {
        core::iter::successors(Some(&self.realm), |realm| realm.next.get())
            .filter(|realm| realm.conf.get().is_some())
    }

    /// The names under which the locations on the request's way look for tokens.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'r [u8]> {
        let realm = self.realms().filter_map(Realm::conf).map(|conf| conf.policy().name());
        realm.chain(self.outcome().map(Outcome::name))
    }

    /// Whether the location `conf` is the only one with tokens that the request has to do with, being `here`.
    #[inline]
    pub(crate) fn is_only_about(&self, conf: &LocConf, here: &LocConf) -> bool {
        let first = self.realm.conf.get();
        ptr::eq(conf, here)
            && first.is_some_and(|first| ptr::eq(first, conf))
            && self.realm.next.get().is_none()
    }

    /// The entry of the location `conf`, if the request comes straight from its rewrite phase. From
    /// now on, no `if` block can replace the location.
    #[inline]
    pub(crate) fn take_current(&self, conf: &LocConf) -> Option<&'r Realm<'r>> {
        self.current.take().filter(|(noted, _)| ptr::eq(*noted, conf)).map(|(_, realm)| realm)
    }

    /// Notes that the request is in the location `conf` now. The entry of its ring, if it is protected.
    pub(crate) fn enter(
        &'r self,
        request: Request<'r>,
        conf: &'r LocConf,
    ) -> Result<Option<&'r Realm<'r>>, OutOfMemory> {
        self.current.set(None);
        if conf.ring().is_none() {
            return Ok(None);
        }
        let realm = match self.realms().find(|realm| realm.is_of(conf)) {
            Some(realm) => realm,
            None => self.append(request, conf)?,
        };
        let dry_run = conf.policy().is_dry_run();
        match realm.state() {
            RealmState::DryRun if dry_run => {}
            RealmState::Unchecked | RealmState::DryRun => {
                match self.arrival.get() {
                    Arrival::Plain => {
                        realm.conf.set(Some(conf));
                        realm.satisfy_all.set(false);
                        realm.set_state(RealmState::Pending);
                    }
                    Arrival::TokenRedirect
                        if !conf.ring().is_some_and(|ring| ptr::eq(ring, self.sent_by.get())) =>
                    {
                        realm.conf.set(Some(conf));
                        realm.satisfy_all.set(false);
                        realm.set_state(RealmState::Pending);
                    }
                    Arrival::AccelRedirect | Arrival::TokenRedirect => realm.set_state(RealmState::Exempt),
                    Arrival::ErrorPage => realm.set_state(RealmState::ExemptErrorPage),
                }
                self.current.set(Some((conf, realm)));
            }
            // An enforcing location takes precedence over a dry run with the same keys.
            RealmState::Pending if !dry_run && realm.is_dry_run() => {
                realm.conf.set(Some(conf));
                realm.satisfy_all.set(false);
            }
            RealmState::Pending | RealmState::Allowed | RealmState::Exempt | RealmState::ExemptErrorPage => {}
        }
        if !conf.satisfies_any() && !dry_run {
            realm.satisfy_all.set(true);
        }
        Ok(Some(realm))
    }

    /// Notes an `if` block that would enable PTA. If `return` leaves the location, it is not known
    /// whether the `if` matched.
    pub(crate) fn expect_if(&self, block: &'r LocConf) {
        self.unresolved_if.set(Some(block));
    }

    /// It is now known which block of the location applies.
    pub(crate) fn resolve_if(&self) {
        self.unresolved_if.set(None);
    }

    /// The request left a location while it was not known whether an `if` block in it enables PTA.
    /// Assume that it does.
    pub(crate) fn assume_if(&'r self, request: Request<'r>) -> Result<(), OutOfMemory> {
        if let Some(block) = self.unresolved_if.take() {
            let pass = self.arrival.replace(Arrival::Plain);
            let realm = self.enter(request, block);
            self.arrival.set(pass);
            self.current.set(None);
            realm?;
        }
        Ok(())
    }

    fn append(&'r self, request: Request<'r>, conf: &'r LocConf) -> Result<&'r Realm<'r>, OutOfMemory> {
        if self.realm.conf.get().is_none() {
            self.realm.conf.set(Some(conf));
            return Ok(&self.realm);
        }
        let realm = request.allocate(Realm::new(Some(conf)))?;
        let last = core::iter::successors(Some(&self.realm), |realm| realm.next.get()).last();
        if let Some(last) = last {
            last.next.set(Some(realm));
        }
        Ok(realm)
    }

    /// An `if` block has replaced the location noted last, so the entry of that location is void.
    pub(crate) fn replace_with_if(&'r self, conf: &'r LocConf) {
        if let Some((noted, realm)) = self.current.get()
            && !ptr::eq(noted, conf)
        {
            // A verdict that was given already stays.
            if !matches!(realm.state(), RealmState::Allowed | RealmState::DryRun) {
                realm.set_state(RealmState::Unchecked);
            }
            self.current.set(None);
        }
    }

    /// The rings that must still be checked.
    pub(crate) fn pending(&self) -> impl Iterator<Item = &Realm<'r>> {
        self.realms().filter(|realm| realm.state() == RealmState::Pending)
    }

    /// Whether a `pta_accel_redirect` location has allowed the request, and a rewrite then took it
    /// elsewhere.
    pub(crate) fn has_unused_redirect(&self, here: &LocConf) -> bool {
        self.realms().any(|realm| {
            realm.state() == RealmState::Allowed
                && realm.conf().is_some_and(LocConf::redirects)
                && !realm.is_of(here)
        })
    }

    /// Whether this pass shows the error page of a request that has a verdict.
    pub(crate) fn shows_error_page(&self) -> bool {
        self.arrival.get() == Arrival::ErrorPage
    }

    /// Notes that this module refuses the request in this pass, unless another module lets it in.
    /// `setting` is that of the location that gives the verdict.
    pub(crate) fn refuse(&self, setting: CacheControl) {
        self.refusal.set(Refusal::Soft);
        self.cache_mark.refuse(setting);
    }

    /// Makes the refusal final: no other ring is checked.
    pub(crate) fn refuse_finally(&self) {
        self.refusal.set(Refusal::Final);
        for realm in self.pending() {
            realm.set_state(RealmState::Unchecked);
        }
    }

    /// Whether the refusal of this pass is final.
    pub(crate) fn is_finally_refused(&self) -> bool {
        self.refusal.get() == Refusal::Final
    }

    /// Notes that the request goes on although this module refused it in this pass.
    pub(crate) fn let_in_by_others(&self) {
        if self.refusal.get() == Refusal::Soft {
            self.refusal.set(Refusal::Overruled);
            self.cache_mark.overrule();
        }
    }

    /// What the verdicts mean for caches.
    pub(crate) fn cache_mark(&self) -> &CacheMark {
        &self.cache_mark
    }

    /// Whether another module has let the request in although this one refused it.
    pub(crate) fn is_overruled(&self) -> bool {
        self.refusal.get() == Refusal::Overruled
    }

    /// Whether the request was refused in an earlier pass, so that another refusal is not logged.
    pub(crate) fn is_refused(&self) -> bool {
        self.refusal.get() == Refusal::Before
    }

    /// Where the ring of the location `conf` stands, if the request has realm a location of it.
    pub(crate) fn state_of(&self, conf: &LocConf) -> Option<RealmState> {
        self.realms().find(|realm| realm.is_of(conf)).map(Realm::state)
    }
}

// SAFETY: the static is used here alone. Its content makes no difference: it has interior mutability, so that the linker
// does not merge it with another.
unsafe impl Lasting for Record<'static> {
    type Of<'r> = Record<'r>;

    fn tag() -> Tag {
        static TAG: AtomicU8 = AtomicU8::new(0);
        (&raw const TAG).cast()
    }
}

// SAFETY: the context is set by this file alone, through `Request::set_context`.
unsafe impl HasContext for Pta {
    type Context<'r> = Record<'r>;
}
