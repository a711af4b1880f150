//! What the configuration says. Here: the configuration of one location and how it inherits.

pub(crate) mod accel_redirect;
pub(crate) mod accel_redirect_directive;
pub(crate) mod directives;
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
pub(crate) mod pair_file;
pub(crate) mod policy;
pub(crate) mod policy_directives;
pub(crate) mod refuse_status;
pub(crate) mod regex_ends;
pub(crate) mod regex_warning;
pub(crate) mod secret_file;
pub(crate) mod setting;
pub(crate) mod statuses;

use core::cell::Cell;
use core::ptr::{self, NonNull};
use std::rc::Rc;

use nginx_sys::{NGX_HTTP_SATISFY_ANY, ngx_http_core_loc_conf_t, ngx_uint_t};
use pta_token::{KeyMaterial, KeyPair, KeyRing, PathPattern};

use crate::conf::accel_redirect::{WrittenRedirect, is_target};
use crate::conf::index::Pta;
use crate::conf::inherit::inherit;
use crate::conf::issue::{IssueConf, TokenConf};
use crate::conf::keys::{IncompleteKeys, KeyParts};
use crate::conf::main::MainConf;
use crate::conf::policy::Policy;
use crate::nginx::conf::{Conf, Logged, log, warn};
use crate::nginx::http_module::HasLocConf;
use crate::nginx::layout;
use crate::nginx::location::Location;
use crate::nginx::request::Request;
use crate::nginx::source_line::SourceLine;

/// Where a token may come from.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct AuthMethods {
    pub(crate) query: bool,
    pub(crate) cookie: bool,
}

impl AuthMethods {
    const DEFAULT: Self = Self { query: true, cookie: false };

    fn is_unset(self) -> bool {
        !self.query && !self.cookie
    }
}

/// There is one for every location, `if` and `limit_except` of a configuration.
const _: () = assert!(size_of::<LocConf>() <= 184);

/// Where the `pta_enable` that applies to a block is written.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum EnableOrigin {
    #[default]
    Inherited,
    /// In the block itself, which is not an `if`.
    Block,
    /// In the block itself, which is an `if`.
    IfBlock,
}

/// The configuration of a location, a server or the http block.
#[derive(Default)]
pub(crate) struct LocConf {
    /// Where the location begins.
    place: SourceLine,
    /// Whether it is a location with `~*`.
    ignores_case: bool,
    enable: Option<bool>,
    enable_origin: EnableOrigin,
    /// Whether the location, or an `if` block in it, is protected.
    is_watched: Cell<bool>,
    /// An `if` block of this location that enables PTA. Both live as long as the configuration.
    enabling_if: Cell<Option<NonNull<LocConf>>>,
    /// Its `limit_except` block.
    limit_except: Cell<Option<NonNull<LocConf>>>,
    /// The place of the `pta_enable` that applies here.
    enable_place: SourceLine,
    auth_methods: AuthMethods,
    key_parts: KeyParts,
    policy: Policy,
    /// Made while merging, only if PTA is enabled. Behind an `Rc` because the pool's memory is
    /// aligned to 8 bytes and a key schedule needs 16, and so that equal keys are one ring.
    ring: Option<Rc<KeyRing>>,
    /// nginx's own configuration of the location. In an `if` or `limit_except`, that of the location
    /// around it.
    location: Option<NonNull<ngx_http_core_loc_conf_t>>,
    satisfies_any: bool,
    is_limit_except: bool,
    /// The `pta_accel_redirect` that applies here.
    accel_redirect: Option<Rc<WrittenRedirect>>,
    /// Whether this worker has warned of a subrequest to this location.
    warned_of_subrequest: Cell<bool>,
    /// Whether this worker has reported that `$pta_token` was read in this location, where no
    /// `pta_issue` applies.
    reported_missing_issue: Cell<bool>,
    /// The `pta_issue` that applies here, and the ring whose 1st pair makes its tokens.
    issue: Option<Rc<IssueConf>>,
    issuing_ring: Option<Rc<KeyRing>>,
}

impl LocConf {
    /// The configuration of the block whose directive is being read.
    pub(crate) fn new(cf: Conf<'_>) -> Self {
        // SAFETY: nginx makes a block's configuration in the setter of the block's directive.
        let arguments = unsafe { cf.arguments() };
        let ignores_case = matches!(arguments, [directive, modifier, ..]
            if directive.as_bytes() == b"location" && modifier.as_bytes().starts_with(b"~*"));
        Self { place: SourceLine::here(cf), ignores_case, ..Self::default() }
    }

    /// Where the location begins.
    pub(crate) fn place(&self) -> SourceLine {
        self.place
    }

    /// Whether it is a location with `~*`.
    pub(crate) fn ignores_case(&self) -> bool {
        self.ignores_case
    }

    /// The configuration of the location in which the request is now.
    pub(crate) fn of(request: Request<'_>) -> &Self {
        request.loc_conf::<Pta>()
    }

    /// The configuration of a location. Not for a server: nginx keeps that elsewhere.
    pub(crate) fn of_location(location: Location<'_>) -> &Self {
        location.conf::<Pta>()
    }

    /// The configuration of the server that handles the request, outside its locations.
    pub(crate) fn of_server(request: Request<'_>) -> &Self {
        request.server_loc_conf::<Pta>()
    }

    /// The ring of keys by which this location is protected, if it is.
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

    /// The location itself; the one around it, if this is an `if` or `limit_except`.
    pub(crate) fn location(&self) -> Option<Location<'_>> {
        // SAFETY: nginx made it in the same pool as this one, and never moves it. This is for requests:
        // when they are handled, the configuration is complete and nobody writes to it.
        self.location.map(|core| unsafe { Location::of(core.as_ref()) })
    }

    /// Whether the location has `satisfy any`.
    pub(crate) fn satisfies_any(&self) -> bool {
        self.satisfies_any
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

    /// Whether this is an `if` block that enables PTA.
    fn is_enabling_if(&self) -> bool {
        self.enable_origin == EnableOrigin::IfBlock && self.ring.is_some()
    }

    /// Notes a block of this location if it is an `if` that enables PTA, or a `limit_except`. nginx
    /// does not evaluate `if` for the methods of a `limit_except`, so assume that it matches.
    ///
    /// # Safety
    ///
    /// `this` must be a block of this location that has been merged, and nobody else may refer to it.
    pub(crate) unsafe fn note_block(&self, this: NonNull<Self>) {
        // SAFETY: by this function's contract.
        let block = unsafe { this.as_ref() };
        if block.is_enabling_if() {
            self.enabling_if.set(Some(this));
            self.is_watched.set(true);
        }
        if block.is_limit_except {
            self.limit_except.set(Some(this));
        }
        if let (Some(enabling), Some(mut limit_except)) = (self.enabling_if(), self.limit_except.get()) {
            // SAFETY: nginx made it in the same pool as this one, and it is not an `if`; while blocks are
            // merged, nobody else refers to it.
            let limit_except = unsafe { limit_except.as_mut() };
            limit_except.ring.clone_from(&enabling.ring);
            limit_except.is_watched.set(true);
        }
    }

    /// An `if` block of this location that enables PTA, while the location itself does not.
    pub(crate) fn enabling_if(&self) -> Option<&Self> {
        if self.ring.is_some() {
            return None;
        }
        // SAFETY: nginx made the block's configuration in the same pool as this one, and never moves it.
        self.enabling_if.get().map(|block| unsafe { block.as_ref() })
    }

    /// Whether `pta_enable` is written in this location itself.
    pub(crate) fn is_enable_written(&self) -> bool {
        self.enable_origin == EnableOrigin::Block
    }

    pub(crate) fn is_enable_set(&self) -> bool {
        self.enable.is_some()
    }

    /// Lines of `pta_auth_method` add up.
    pub(crate) fn auth_methods_mut(&mut self) -> &mut AuthMethods {
        &mut self.auth_methods
    }

    pub(crate) fn policy(&self) -> &Policy {
        &self.policy
    }

    pub(crate) fn policy_mut(&mut self) -> &mut Policy {
        &mut self.policy
    }

    pub(crate) fn issue(&self) -> Option<&TokenConf> {
        self.issue.as_deref()?.token()
    }

    pub(crate) fn issue_mut(&mut self) -> &mut Option<Rc<IssueConf>> {
        &mut self.issue
    }

    pub(crate) fn accel_redirect_mut(&mut self) -> &mut Option<Rc<WrittenRedirect>> {
        &mut self.accel_redirect
    }

    /// Whether `pta_accel_redirect` is on: nginx redirects to the path in a token, and does not
    /// compare it.
    pub(crate) fn redirects(&self) -> bool {
        self.accel_redirect.as_ref().is_some_and(|written| written.is_on())
    }

    /// Whether a token for `pattern` is for a request of `path`.
    #[inline]
    pub(crate) fn is_for(&self, pattern: &PathPattern<'_>, path: &[u8]) -> bool {
        if self.redirects() { is_target(pattern) } else { pattern.matches(path) }
    }

    /// Whether both locations are of one realm: the verdict of one counts for the other.
    pub(crate) fn is_same_realm(&self, other: &Self) -> bool {
        match (self.ring(), other.ring()) {
            (Some(own), Some(others)) => ptr::eq(own, others) && self.redirects() == other.redirects(),
            _ => false,
        }
    }

    /// The pair that tokens are issued with.
    pub(crate) fn issuing_pair(&self) -> Option<&KeyPair> {
        self.issuing_ring.as_deref()?.first()
    }

    pub(crate) fn key_parts(&self) -> &KeyParts {
        &self.key_parts
    }

    pub(crate) fn key_parts_mut(&mut self) -> &mut KeyParts {
        &mut self.key_parts
    }

    /// Inherits what is not set here, each directive on its own.
    pub(crate) fn merge(&mut self, parent: &Self, cf: Conf<'_>) -> Result<(), Logged> {
        if self.enable.is_none() {
            self.enable = parent.enable;
            self.enable_place = parent.enable_place;
        }
        if self.auth_methods.is_unset() {
            self.auth_methods = parent.auth_methods;
        }
        if self.auth_methods.is_unset() {
            self.auth_methods = AuthMethods::DEFAULT;
        }
        for (doubt, place) in self.key_parts.merge(&parent.key_parts) {
            warn(cf, format_args!("{doubt} in {place}"));
        }
        self.policy.merge(&parent.policy);
        inherit(&mut self.accel_redirect, parent.accel_redirect.as_ref());
        inherit(&mut self.issue, parent.issue.as_ref());
        if let Some(issue) = self.issue() {
            self.issuing_ring = match &parent.issuing_ring {
                Some(ring) if self.key_parts.same_as(&parent.key_parts) => Some(Rc::clone(ring)),
                _ => Some(self.make_issuing_ring(cf, issue)?),
            };
        }
        // SAFETY: nginx calls this while it merges locations.
        let core = unsafe { cf.core_loc_conf() };
        self.satisfies_any = core.satisfy == NGX_HTTP_SATISFY_ANY as ngx_uint_t;
        self.is_limit_except = core.lmt_excpt() != 0;
        self.location = if layout::is_block(core) { parent.location } else { Some(NonNull::from(core)) };
        if let Some(main) = MainConf::of(cf) {
            main.note_satisfy(self.satisfies_any);
            main.note_recursion(core.recursive_error_pages == 1);
        }
        if self.enable != Some(true) {
            return Ok(());
        }
        // Ten thousand locations that inherit the same keys share one ring without comparing keys.
        self.ring = match &parent.ring {
            Some(ring) if self.key_parts.same_as(&parent.key_parts) => Some(Rc::clone(ring)),
            _ => Some(self.make_ring(cf)?),
        };
        self.is_watched.set(true);
        if let Some(main) = MainConf::of(cf) {
            main.note_enabled(self.redirects());
            main.note_cache_control(self.policy.cache_control());
        }
        if let Some(written) = &self.accel_redirect {
            written.note_use();
        }
        Ok(())
    }

    fn make_issuing_ring(&self, cf: Conf<'_>, issue: &TokenConf) -> Result<Rc<KeyRing>, Logged> {
        intern(cf, self.key_parts.first_pair(), "pta_issue", issue.place())
    }

    fn make_ring(&self, cf: Conf<'_>) -> Result<Rc<KeyRing>, Logged> {
        intern(cf, self.key_parts.material(), "pta_enable", self.enable_place)
    }
}

/// The one ring of these keys, for a directive that needs it.
fn intern(
    cf: Conf<'_>,
    material: Result<KeyMaterial, IncompleteKeys>,
    directive: &str,
    place: SourceLine,
) -> Result<Rc<KeyRing>, Logged> {
    let ring = material.and_then(|material| {
        MainConf::of(cf).and_then(|main| main.intern(material)).ok_or(IncompleteKeys::NoPair)
    });
    ring.map_err(|error| log(cf, format_args!("{}", error.message(directive, place))))
}

// SAFETY: `create_loc_conf` of the module creates this type.
unsafe impl HasLocConf for Pta {
    type LocConf = LocConf;
}
