//! The configuration. This file has that of one location. See `merge` for how it inherits.

pub(crate) mod accel_redirect;
pub(crate) mod accel_redirect_directive;
pub(crate) mod auth_methods;
pub(crate) mod bind;
pub(crate) mod blocks;
pub(crate) mod bound_value;
pub(crate) mod definition;
pub(crate) mod directives;
pub(crate) mod gate;
pub(crate) mod gate_location;
pub(crate) mod index;
pub(crate) mod inherit;
pub(crate) mod issue;
pub(crate) mod issue_directive;
pub(crate) mod key_directives;
pub(crate) mod key_file;
pub(crate) mod key_warnings;
pub(crate) mod keys;
pub(crate) mod location_tree;
pub(crate) mod main;
pub(crate) mod merge;
pub(crate) mod once;
pub(crate) mod pair_file;
pub(crate) mod policy;
pub(crate) mod policy_directives;
pub(crate) mod refuse_status;
pub(crate) mod regex_ends;
pub(crate) mod regex_warning;
pub(crate) mod rules;
pub(crate) mod seal_directives;
pub(crate) mod seal_rules;
pub(crate) mod secret_file;
pub(crate) mod setting;
pub(crate) mod shown_name;
pub(crate) mod statuses;
pub(crate) mod table;
pub(crate) mod zone_parameter;

use core::cell::{Cell, OnceCell};
use core::ptr::{self, NonNull};
use std::rc::Rc;

use nginx_sys::ngx_http_core_loc_conf_t;
use pta_token::{KeyPair, KeyRing, PathPattern};

use crate::conf::accel_redirect::WrittenRedirect;
use crate::conf::auth_methods::AuthMethods;
use crate::conf::gate::WrittenGate;
use crate::conf::index::Pta;
use crate::conf::issue::{IssueConf, TokenConf};
use crate::conf::keys::KeyParts;
use crate::conf::once::OnceRules;
use crate::conf::policy::Policy;
use crate::conf::rules::{Rules, SharedRules};
use crate::conf::seal_rules::SealRules;
use crate::counters::label::Label;
use crate::counters::slot::Slot;
use crate::nginx::conf::Conf;
use crate::nginx::http_module::HasLocConf;
use crate::nginx::location::Location;
use crate::nginx::request::Request;
use crate::nginx::source_line::SourceLine;

// Every location, `if` and `limit_except` block of a configuration has one.
const _: () = assert!(size_of::<LocConf>() <= 88);

/// The block in which the `pta_enable` that applies is written.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum EnableOrigin {
    /// A block around this one, or no block at all.
    #[default]
    Inherited,
    /// This block, which is not an `if`.
    Block,
    /// This block, which is an `if`.
    IfBlock,
}

/// The configuration of a location, a server or the http block. It is small: what few locations need is
/// elsewhere, and most locations share it.
pub(crate) struct LocConf {
    /// Present only if PTA is enabled. Two reasons for the `Rc`:
    /// - nginx aligns this structure to 8 bytes, and a key schedule needs 16.
    /// - Locations with equal keys share one ring.
    ring: Option<Rc<KeyRing>>,
    rules: SharedRules,
    /// nginx's own configuration of the location. In an `if` or `limit_except` block, it is that of
    /// the location around the block.
    location: Option<NonNull<ngx_http_core_loc_conf_t>>,
    /// The `pta_metrics_label` that applies.
    label: OnceCell<Rc<Label>>,
    /// The `pta_once` that applies.
    once: OnceCell<Rc<OnceRules>>,
    extras: OnceCell<Box<Extras>>,
    /// Where the location begins.
    place: SourceLine,
    /// Whether this is a location with `~*`.
    ignores_case: bool,
    /// Whether the check lets every request pass. Known when the location has been merged.
    is_dry_run: bool,
    /// Where the `pta_enable` that applies is written.
    enable_place: SourceLine,
    enable: Option<bool>,
    enable_origin: EnableOrigin,
    auth_methods: AuthMethods,
    /// Whether the location, or an `if` block in it, is protected.
    is_watched: Cell<bool>,
    merged: Merged,
    /// Whether this worker has warned about a subrequest to this location.
    warned_of_subrequest: Cell<bool>,
    /// Whether this worker has reported that `$pta_token` was read here without a `pta_issue` that
    /// applies.
    reported_missing_issue: Cell<bool>,
    /// Whether this is a dry run, has a label or `pta_once`: so one test is enough for most requests.
    is_special: Cell<bool>,
}

/// What is known of a location when it has been merged.
#[derive(Default)]
struct Merged {
    satisfies_any: bool,
    is_limit_except: bool,
    /// Whether `pta_accel_redirect` is on, and this is no gate.
    redirects: bool,
}

/// What few locations have.
#[derive(Default)]
struct Extras {
    /// The `pta_gate` of this location, or of the location around this block.
    gate: OnceCell<Rc<WrittenGate>>,
    /// An `if` block of this location that enables PTA. Both live as long as the configuration.
    enabling_if: Cell<Option<NonNull<LocConf>>>,
    /// The `limit_except` block of this location.
    limit_except: Cell<Option<NonNull<LocConf>>>,
}

impl LocConf {
    /// The configuration of the block whose directive is being read.
    pub(crate) fn new(cf: Conf<'_>) -> Self {
        // SAFETY: nginx makes a block's configuration in the setter of the block's directive.
        let arguments = unsafe { cf.arguments() };
        let ignores_case = matches!(arguments, [directive, modifier, ..]
            if directive.as_bytes() == b"location" && modifier.as_bytes().starts_with(b"~*"));
        Self {
            ring: None,
            rules: SharedRules::unwritten(),
            location: None,
            label: OnceCell::new(),
            once: OnceCell::new(),
            extras: OnceCell::new(),
            place: SourceLine::here(cf),
            ignores_case,
            is_dry_run: false,
            enable_place: SourceLine::default(),
            enable: None,
            enable_origin: EnableOrigin::default(),
            auth_methods: AuthMethods::default(),
            is_watched: Cell::new(false),
            merged: Merged::default(),
            warned_of_subrequest: Cell::new(false),
            reported_missing_issue: Cell::new(false),
            is_special: Cell::new(false),
        }
    }

    #[inline]
    fn rules(&self) -> &Rules {
        self.rules.get()
    }

    fn extras(&self) -> &Extras {
        self.extras.get_or_init(Box::default)
    }

    /// Where the location begins.
    pub(crate) fn place(&self) -> SourceLine {
        self.place
    }

    /// Whether this is a location with `~*`.
    pub(crate) fn ignores_case(&self) -> bool {
        self.ignores_case
    }

    /// The configuration of the location in which the request is now.
    pub(crate) fn of(request: Request<'_>) -> &Self {
        request.loc_conf::<Pta>()
    }

    /// The configuration of a location. It does not work for a server, whose configuration nginx
    /// keeps elsewhere.
    pub(crate) fn of_location(location: Location<'_>) -> &Self {
        location.conf::<Pta>()
    }

    /// The configuration of the server that handles the request, outside its locations.
    pub(crate) fn of_server(request: Request<'_>) -> &Self {
        request.server_loc_conf::<Pta>()
    }

    /// The key ring of this location, if it is protected.
    pub(crate) fn ring(&self) -> Option<&KeyRing> {
        self.ring.as_deref()
    }

    /// Whether the location, or an `if` block in it, is protected.
    #[inline]
    pub(crate) fn is_watched(&self) -> bool {
        self.is_watched.get()
    }

    pub(crate) fn auth_methods(&self) -> AuthMethods {
        self.auth_methods
    }

    /// The location. For an `if` or `limit_except` block, it is the location around the block.
    pub(crate) fn location<'r>(&'r self, _: Request<'r>) -> Option<Location<'r>> {
        // SAFETY: nginx made it in the same pool as this one, and never moves it. When nginx handles
        // requests, the configuration is complete and nothing writes to it.
        self.location.map(|core| unsafe { Location::of(core.as_ref()) })
    }

    /// Another module's configuration of the location, or of the server if this is a server's.
    pub(crate) fn settings<'r, M: HasLocConf>(&'r self, request: Request<'r>) -> &'r M::LocConf {
        match self.location(request) {
            Some(location) if !location.is_server() => location.conf::<M>(),
            _ => request.server_loc_conf::<M>(),
        }
    }

    /// Whether this is the configuration of a server, outside its locations.
    pub(crate) fn is_server(&self) -> bool {
        // SAFETY: as for location. While locations are merged, nothing writes to the pointer.
        self.location.is_some_and(|core| unsafe { core.as_ref() }.loc_conf.is_null())
    }

    /// Whether the location has `satisfy any`.
    pub(crate) fn satisfies_any(&self) -> bool {
        self.merged.satisfies_any
    }

    pub(crate) fn has_reported_missing_issue(&self) -> bool {
        self.reported_missing_issue.get()
    }

    pub(crate) fn set_reported_missing_issue(&self) {
        self.reported_missing_issue.set(true);
    }

    pub(crate) fn has_warned_of_subrequest(&self) -> bool {
        self.warned_of_subrequest.get()
    }

    pub(crate) fn set_warned_of_subrequest(&self) {
        self.warned_of_subrequest.set(true);
    }

    pub(crate) fn set_enable(&mut self, enable: bool, in_if: bool, place: SourceLine) {
        self.enable = Some(enable);
        self.enable_origin = if in_if { EnableOrigin::IfBlock } else { EnableOrigin::Block };
        self.enable_place = place;
    }

    /// Whether `pta_enable` is written in this location, rather than inherited.
    pub(crate) fn is_enable_written(&self) -> bool {
        self.enable_origin == EnableOrigin::Block
    }

    pub(crate) fn is_enable_set(&self) -> bool {
        self.enable.is_some()
    }

    /// Mutable, because several lines of `pta_auth_method` add up.
    pub(crate) fn auth_methods_mut(&mut self) -> &mut AuthMethods {
        &mut self.auth_methods
    }

    /// Notes where `fallback` is written, if the block has it now for the first time.
    pub(crate) fn note_fallback(&mut self, place: SourceLine) {
        if self.auth_methods.fallback && self.rules().fallback_place.is_none() {
            self.rules.own().fallback_place = Some(place);
        }
    }

    /// Where the decisions in this location are counted, if they are.
    #[inline]
    pub(crate) fn counters(&self) -> Option<&'static Slot> {
        Some(self.label.get()?.slot())
    }

    /// Sets the label under which the decisions in this location are counted.
    pub(crate) fn count_as(&self, label: &Rc<Label>) {
        for ring in [self.ring(), self.gate_ring()].into_iter().flatten() {
            label.note_keys(ring);
        }
        self.label.get_or_init(|| Rc::clone(label));
        self.is_special.set(true);
    }

    /// The rules for tokens that may be used once, if they may here.
    pub(crate) fn once(&self) -> Option<&OnceRules> {
        self.once.get().map(Rc::as_ref)
    }

    /// Sets the rules for tokens that may be used once.
    pub(crate) fn use_once(&self, rules: &Rc<OnceRules>) {
        self.once.get_or_init(|| Rc::clone(rules));
        self.is_special.set(true);
    }

    /// Whether this is a dry run, its decisions are counted, or tokens may be used once.
    #[inline]
    pub(crate) fn is_special(&self) -> bool {
        self.is_special.get()
    }

    /// Whether the check lets every request pass.
    #[inline]
    pub(crate) fn is_dry_run(&self) -> bool {
        self.is_dry_run
    }

    #[inline]
    pub(crate) fn policy(&self) -> &Policy {
        &self.rules().policy
    }

    pub(crate) fn policy_mut(&mut self) -> &mut Policy {
        &mut self.rules.own().policy
    }

    pub(crate) fn issue(&self) -> Option<&TokenConf> {
        self.rules().issue.as_deref()?.token()
    }

    pub(crate) fn issue_mut(&mut self) -> &mut Option<Rc<IssueConf>> {
        &mut self.rules.own().issue
    }

    pub(crate) fn accel_redirect_mut(&mut self) -> &mut Option<Rc<WrittenRedirect>> {
        &mut self.rules.own().accel_redirect
    }

    /// Whether `pta_accel_redirect` is on. Then nginx redirects to the path in a token, and PTA
    /// does not compare that path with the request.
    pub(crate) fn redirects(&self) -> bool {
        self.merged.redirects
    }

    /// Whether this location is a gate, or the block of one.
    #[inline]
    pub(crate) fn is_gate(&self) -> bool {
        self.gate().is_some()
    }

    #[inline]
    fn gate(&self) -> Option<&Rc<WrittenGate>> {
        self.extras.get()?.gate.get()
    }

    /// Whether a token with the path `pattern` is valid for a request with `path`.
    #[inline]
    pub(crate) fn is_for(&self, pattern: &PathPattern<'_>, path: &[u8]) -> bool {
        if self.redirects() { pattern.is_redirect_target() } else { pattern.matches(path) }
    }

    /// Whether both locations belong to one realm, so that the verdict of one applies to the other.
    pub(crate) fn is_same_realm(&self, other: &Self) -> bool {
        match (self.ring(), other.ring()) {
            (Some(own), Some(others)) => {
                ptr::eq(own, others)
                    && self.redirects() == other.redirects()
                    && self.auth_methods.fallback == other.auth_methods.fallback
            }
            _ => false,
        }
    }

    /// The pair that makes the tokens of `pta_issue`.
    pub(crate) fn issuing_pair(&self) -> Option<&KeyPair> {
        self.rules().issuing_ring.get()?.first()
    }

    /// What the location demands of seals.
    pub(crate) fn seal_rules(&self) -> &SealRules {
        &self.rules().seals
    }

    pub(crate) fn seal_rules_mut(&mut self) -> &mut SealRules {
        &mut self.rules.own().seals
    }

    pub(crate) fn key_parts(&self) -> &KeyParts {
        &self.rules().key_parts
    }

    pub(crate) fn key_parts_mut(&mut self) -> &mut KeyParts {
        &mut self.rules.own().key_parts
    }
}

// SAFETY: `create_loc_conf` of the module creates this type.
unsafe impl HasLocConf for Pta {
    type LocConf = LocConf;
}
