//! The configuration of one location and how it inherits; and what all locations share.

use core::cell::{Cell, RefCell};
use core::fmt;
use core::ptr::NonNull;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use nginx_sys::{NGX_LOG_EMERG, ngx_conf_t, ngx_cycle_t, ngx_http_conf_ctx_t};
use ngx::ngx_log_error;
use pta_token::{KeyPair, KeyRing, Secret};

use crate::issue::IssueConf;
use crate::module::ctx_index;
use crate::ngx_ext::{ConfExt, Request, http_ctx};
use crate::policy::Policy;

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

/// The place of a directive, for errors that are found after it has been read.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Place {
    file: String,
    line: usize,
}

impl Place {
    /// The place of the directive that is being read.
    pub(crate) fn here(cf: *mut ngx_conf_t) -> Self {
        // SAFETY: while a setter runs, `cf` is valid; there is no file for directives given by `-g`.
        unsafe {
            match (*cf).conf_file.as_ref() {
                Some(file) => Self { file: file.file.name.to_string(), line: file.line },
                None => Self { file: "command line".to_owned(), line: 0 },
            }
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// The four directives that make two pairs; each is inherited on its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyPart {
    FirstKey,
    FirstIv,
    SecondKey,
    SecondIv,
}

impl KeyPart {
    pub(crate) fn of_directive(name: &[u8]) -> Option<Self> {
        [Self::FirstKey, Self::FirstIv, Self::SecondKey, Self::SecondIv]
            .into_iter()
            .find(|part| part.directive().as_bytes() == name)
    }

    fn directive(self) -> &'static str {
        match self {
            Self::FirstKey => "pta_1st_key",
            Self::FirstIv => "pta_1st_iv",
            Self::SecondKey => "pta_2nd_key",
            Self::SecondIv => "pta_2nd_iv",
        }
    }
}

/// A key or an IV, with the place of its directive.
struct PlacedSecret {
    secret: Secret,
    place: Place,
}

/// The key material of one location, as far as it is given there or above.
#[derive(Clone, Default)]
struct KeyParts {
    first_key: Option<Arc<PlacedSecret>>,
    first_iv: Option<Arc<PlacedSecret>>,
    second_key: Option<Arc<PlacedSecret>>,
    second_iv: Option<Arc<PlacedSecret>>,
}

impl KeyParts {
    fn slot(&mut self, part: KeyPart) -> &mut Option<Arc<PlacedSecret>> {
        match part {
            KeyPart::FirstKey => &mut self.first_key,
            KeyPart::FirstIv => &mut self.first_iv,
            KeyPart::SecondKey => &mut self.second_key,
            KeyPart::SecondIv => &mut self.second_iv,
        }
    }

    fn merge(&mut self, parent: &Self) {
        inherit(&mut self.first_key, parent.first_key.as_ref());
        inherit(&mut self.first_iv, parent.first_iv.as_ref());
        inherit(&mut self.second_key, parent.second_key.as_ref());
        inherit(&mut self.second_iv, parent.second_iv.as_ref());
    }

    fn same_as(&self, other: &Self) -> bool {
        let same = |one: &Option<Arc<PlacedSecret>>, other: &Option<Arc<PlacedSecret>>| match (one, other) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        };
        same(&self.first_key, &other.first_key)
            && same(&self.first_iv, &other.first_iv)
            && same(&self.second_key, &other.second_key)
            && same(&self.second_iv, &other.second_iv)
    }

    /// The complete pairs, or what is missing to one.
    fn material(&self) -> Result<RingMaterial, IncompleteKeys> {
        let first = Self::pair(
            (KeyPart::FirstKey, self.first_key.as_deref()),
            (KeyPart::FirstIv, self.first_iv.as_deref()),
        )?;
        let second = Self::pair(
            (KeyPart::SecondKey, self.second_key.as_deref()),
            (KeyPart::SecondIv, self.second_iv.as_deref()),
        )?;
        if first.is_none() && second.is_none() {
            return Err(IncompleteKeys::NoPair);
        }
        Ok(RingMaterial { first, second })
    }

    fn pair(
        (key_part, key): (KeyPart, Option<&PlacedSecret>),
        (iv_part, iv): (KeyPart, Option<&PlacedSecret>),
    ) -> Result<Option<(Secret, Secret)>, IncompleteKeys> {
        match (key, iv) {
            (Some(key), Some(iv)) => Ok(Some((key.secret.clone(), iv.secret.clone()))),
            (None, None) => Ok(None),
            (Some(key), None) => {
                Err(IncompleteKeys::HalfPair { given: key_part, missing: iv_part, place: key.place.clone() })
            }
            (None, Some(iv)) => {
                Err(IncompleteKeys::HalfPair { given: iv_part, missing: key_part, place: iv.place.clone() })
            }
        }
    }
}

/// Why a location that enables PTA has no ring of keys.
enum IncompleteKeys {
    NoPair,
    HalfPair { given: KeyPart, missing: KeyPart, place: Place },
}

/// The bytes of a ring, by which rings of equal keys are known to be the same.
#[derive(PartialEq, Eq, Hash)]
struct RingMaterial {
    first: Option<(Secret, Secret)>,
    second: Option<(Secret, Secret)>,
}

/// The error has been written to the log.
pub(crate) struct Logged;

/// The configuration of a location, a server or the http block.
#[derive(Default)]
pub(crate) struct LocConf {
    enable: Option<bool>,
    /// Whether `pta_enable` stands here and here is an `if` block.
    enable_in_if: bool,
    /// An `if` block of this location that enables PTA. Both live as long as the configuration.
    possible_if: Cell<Option<NonNull<LocConf>>>,
    /// The place of the `pta_enable` that holds here.
    enable_place: Option<Arc<Place>>,
    auth_methods: AuthMethods,
    key_parts: KeyParts,
    policy: Policy,
    /// Made while merging, only where PTA is enabled. Behind an `Arc` because the pool's memory is aligned to
    /// 8 bytes and a key schedule wants 16; and so that equal keys are one ring.
    ring: Option<Arc<KeyRing>>,
    satisfies_any: bool,
    accel_redirect: Option<bool>,
    /// What the location issues, and the ring whose 1st pair it issues with.
    issue: Option<Rc<IssueConf>>,
    issuing_ring: Option<Arc<KeyRing>>,
}

impl LocConf {
    /// The configuration of the location in which the request is now.
    pub(crate) fn of(request: Request<'_>) -> &Self {
        request.loc_conf(ctx_index())
    }

    /// The ring of keys by which this location is protected, if it is.
    pub(crate) fn ring(&self) -> Option<&KeyRing> {
        self.ring.as_deref()
    }

    pub(crate) fn auth_methods(&self) -> AuthMethods {
        self.auth_methods
    }

    /// Whether the location has `satisfy any`.
    pub(crate) fn satisfies_any(&self) -> bool {
        self.satisfies_any
    }

    pub(crate) fn set_enable(&mut self, enable: bool, in_if: bool, place: Place) {
        self.enable = Some(enable);
        self.enable_in_if = in_if;
        self.enable_place = Some(Arc::new(place));
    }

    /// Whether this is an `if` block that enables PTA.
    pub(crate) fn is_enabling_if(&self) -> bool {
        self.enable_in_if && self.ring.is_some()
    }

    /// Notes such a block of this location.
    pub(crate) fn note_possible_if(&self, block: NonNull<Self>) {
        self.possible_if.set(Some(block));
    }

    /// An `if` block of this location that enables PTA, while the location itself does not.
    pub(crate) fn possible_if(&self) -> Option<&Self> {
        if self.ring.is_some() {
            return None;
        }
        // SAFETY: nginx made the block's configuration in the same pool as this one, and never moves it.
        self.possible_if.get().map(|block| unsafe { block.as_ref() })
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

    pub(crate) fn issue(&self) -> Option<&IssueConf> {
        self.issue.as_deref()
    }

    pub(crate) fn issue_mut(&mut self) -> &mut Option<Rc<IssueConf>> {
        &mut self.issue
    }

    pub(crate) fn accel_redirect_mut(&mut self) -> &mut Option<bool> {
        &mut self.accel_redirect
    }

    /// Whether the path in a token is where to redirect, and not compared.
    pub(crate) fn redirects(&self) -> bool {
        self.accel_redirect.unwrap_or(false)
    }

    /// The pair that tokens are issued with.
    pub(crate) fn issuing_pair(&self) -> Option<&KeyPair> {
        self.issuing_ring.as_deref()?.first()
    }

    pub(crate) fn is_key_part_set(&mut self, part: KeyPart) -> bool {
        self.key_parts.slot(part).is_some()
    }

    pub(crate) fn set_key_part(&mut self, part: KeyPart, secret: Secret, place: Place) {
        *self.key_parts.slot(part) = Some(Arc::new(PlacedSecret { secret, place }));
    }

    /// Inherits what is not set here, each directive on its own.
    pub(crate) fn merge(&mut self, parent: &Self, cf: *mut ngx_conf_t) -> Result<(), Logged> {
        if self.enable.is_none() {
            self.enable = parent.enable;
            self.enable_place.clone_from(&parent.enable_place);
        }
        if self.auth_methods.is_unset() {
            self.auth_methods = parent.auth_methods;
        }
        if self.auth_methods.is_unset() {
            self.auth_methods = AuthMethods::DEFAULT;
        }
        self.key_parts.merge(&parent.key_parts);
        self.policy.merge(&parent.policy);
        self.accel_redirect = self.accel_redirect.or(parent.accel_redirect);
        inherit(&mut self.issue, parent.issue.as_ref());
        if let Some(issue) = &self.issue {
            self.issuing_ring = Some(self.make_issuing_ring(cf, issue)?);
        }
        // SAFETY: nginx calls this while it merges locations.
        self.satisfies_any = unsafe { cf.satisfies_any() };
        if let Some(main) = MainConf::of(cf) {
            main.satisfies_any.set(main.satisfies_any.get() || self.satisfies_any);
        }
        if self.enable != Some(true) {
            return Ok(());
        }
        // Ten thousand locations that inherit the same keys share one ring without another look at the keys.
        self.ring = match &parent.ring {
            Some(ring) if self.key_parts.same_as(&parent.key_parts) => Some(Arc::clone(ring)),
            _ => Some(self.make_ring(cf)?),
        };
        if let Some(main) = MainConf::of(cf) {
            main.enabled.set(true);
            main.redirects.set(main.redirects.get() || self.redirects());
        }
        Ok(())
    }

    fn make_issuing_ring(&self, cf: *mut ngx_conf_t, issue: &IssueConf) -> Result<Arc<KeyRing>, Logged> {
        if let (Some(key), Some(iv)) = (&self.key_parts.first_key, &self.key_parts.first_iv) {
            let first = Some((key.secret.clone(), iv.secret.clone()));
            let ring = MainConf::of(cf).and_then(|main| main.intern(RingMaterial { first, second: None }));
            if let Some(ring) = ring {
                return Ok(ring);
            }
        }
        // SAFETY: `cf` is valid while merging.
        let log = unsafe { (*cf).log };
        ngx_log_error!(
            NGX_LOG_EMERG,
            log,
            "no \"pta_1st_key\" and \"pta_1st_iv\" are defined for the \"pta_issue\" directive in {}",
            issue.place()
        );
        Err(Logged)
    }

    fn make_ring(&self, cf: *mut ngx_conf_t) -> Result<Arc<KeyRing>, Logged> {
        let ring =
            self.key_parts.material().map(|material| MainConf::of(cf).and_then(|main| main.intern(material)));
        let error = match ring {
            Ok(Some(ring)) => return Ok(ring),
            Ok(None) | Err(IncompleteKeys::NoPair) => {
                "no \"pta_1st_key\" and \"pta_1st_iv\", nor \"pta_2nd_key\" and \"pta_2nd_iv\", are defined"
                    .to_owned()
            }
            Err(IncompleteKeys::HalfPair { given, missing, place }) => {
                format!(
                    "no \"{}\" is defined for the \"{}\" in {place}",
                    missing.directive(),
                    given.directive()
                )
            }
        };
        let place = self.enable_place.as_deref().map(Place::to_string).unwrap_or_default();
        // Not ngx_conf_log_error: while merging, it would name the end of the http block.
        // SAFETY: `cf` is valid while merging.
        let log = unsafe { (*cf).log };
        ngx_log_error!(NGX_LOG_EMERG, log, "{error} for the \"pta_enable\" directive in {place}");
        Err(Logged)
    }
}

fn inherit<T: Clone>(slot: &mut Option<T>, parent: Option<&T>) {
    if slot.is_none() {
        *slot = parent.cloned();
    }
}

/// What all locations of a configuration share.
#[derive(Default)]
pub(crate) struct MainConf {
    rings: RefCell<HashMap<RingMaterial, Arc<KeyRing>>>,
    enabled: Cell<bool>,
    enabled_in_if: Cell<bool>,
    satisfies_any: Cell<bool>,
    redirects: Cell<bool>,
    cached_variables: Cell<CachedVariables>,
}

/// The indexes of nginx's own variables that keep a value we replace, where something uses them.
#[derive(Clone, Copy, Default)]
pub(crate) struct CachedVariables {
    pub(crate) request: Option<usize>,
    pub(crate) request_uri: Option<usize>,
}

impl MainConf {
    /// The shared part of the configuration that is being read.
    pub(crate) fn of<'a>(cf: *mut ngx_conf_t) -> Option<&'a Self> {
        // SAFETY: within the http block, `ctx` is its table of configurations; ours was made by create_main_conf
        // and is only ever referred to as shared.
        unsafe { Self::of_ctx((*cf).ctx.cast::<ngx_http_conf_ctx_t>().as_ref()?) }
    }

    /// The shared part of a configuration that has been read, if it has an http block.
    pub(crate) fn of_cycle<'a>(cycle: *mut ngx_cycle_t) -> Option<&'a Self> {
        // SAFETY: nginx gives a valid cycle.
        unsafe { Self::of_ctx(http_ctx(cycle)?) }
    }

    /// # Safety
    ///
    /// `ctx` must be a table of HTTP configurations.
    unsafe fn of_ctx<'a>(ctx: &ngx_http_conf_ctx_t) -> Option<&'a Self> {
        // SAFETY: the table has an element for each HTTP module.
        unsafe { (*ctx.main_conf.add(ctx_index())).cast::<Self>().as_ref() }
    }

    /// The shared part of the configuration that handles the request.
    pub(crate) fn of_request(request: Request<'_>) -> &Self {
        request.main_conf(ctx_index())
    }

    /// The one ring of these keys.
    fn intern(&self, material: RingMaterial) -> Option<Arc<KeyRing>> {
        let mut rings = self.rings.borrow_mut();
        if let Some(ring) = rings.get(&material) {
            return Some(Arc::clone(ring));
        }
        let pair = |pair: &Option<(Secret, Secret)>| pair.as_ref().map(|(key, iv)| KeyPair::new(key, iv));
        let ring = Arc::new(KeyRing::new(pair(&material.first), pair(&material.second))?);
        rings.insert(material, Arc::clone(&ring));
        Some(ring)
    }

    pub(crate) fn enabled_somewhere(&self) -> bool {
        self.enabled.get()
    }

    /// Whether some `if` block switches PTA on or off.
    pub(crate) fn enabled_in_if(&self) -> bool {
        self.enabled_in_if.get()
    }

    pub(crate) fn note_enabled_in_if(&self) {
        self.enabled_in_if.set(true);
    }

    /// Whether some location has `satisfy any`.
    pub(crate) fn satisfies_any(&self) -> bool {
        self.satisfies_any.get()
    }

    /// Whether some location redirects by token.
    pub(crate) fn redirects(&self) -> bool {
        self.redirects.get()
    }

    pub(crate) fn cached_variables(&self) -> CachedVariables {
        self.cached_variables.get()
    }

    pub(crate) fn set_cached_variables(&self, cached: CachedVariables) {
        self.cached_variables.set(cached);
    }
}
