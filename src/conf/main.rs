//! The part of the configuration that all locations share.

use core::cell::{Cell, RefCell};
use core::{fmt, ptr};
use std::collections::BTreeMap;
use std::rc::Rc;

use pta_token::{KeyMaterial, KeyRing};

use crate::claims::zones::Zones;
use crate::conf::accel_redirect::WrittenRedirect;
use crate::conf::bind::BoundValues;
use crate::conf::index::Pta;
use crate::conf::keys::KeyParts;
use crate::conf::policy::CacheControl;
use crate::nginx::conf::{Conf, Logged, log, warn};
use crate::nginx::http_module::HasMainConf;
use crate::nginx::request::{Request, VariableIndex};
use crate::nginx::source_line::SourceLine;

/// What makes a realm: keys and binding.
type Realm = (KeyMaterial, Option<Rc<BoundValues>>);

/// The configuration of the http block.
#[derive(Default)]
pub(crate) struct MainConf {
    /// One for each set of keys with their binding, sorted by them.
    rings: RefCell<Vec<(Realm, Rc<KeyRing>)>>,
    /// The warnings that were logged by `warn_once`.
    warnings: RefCell<Vec<String>>,
    enabled: Cell<bool>,
    enabled_in_if: Cell<bool>,
    satisfies_any: Cell<bool>,
    recurses: Cell<bool>,
    redirects: Cell<bool>,
    controls_caches: Cell<bool>,
    /// Each `pta_accel_redirect on` that is written in a location.
    written_redirects: RefCell<Vec<Rc<WrittenRedirect>>>,
    /// The zones for tokens that may be used once.
    claim_zones: Zones,
    /// Each `pta_leeway` of a protected location that is not 0, with the location's keys.
    leeways: RefCell<BTreeMap<*const KeyRing, i64>>,
    /// The seal keys where a location uses keys, and whether they belong to a complete pair in one of
    /// these locations.
    seals: RefCell<BTreeMap<(SourceLine, &'static str), bool>>,
    /// Set at the first request. Only then have all modules indexed their variables.
    cached_variables: Cell<Option<CachedVariables>>,
}

/// The indexes of nginx's own variables whose cached values become outdated, if the configuration
/// uses them.
#[derive(Clone, Copy, Default)]
pub(crate) struct CachedVariables {
    pub(crate) request: Option<VariableIndex>,
    pub(crate) request_uri: Option<VariableIndex>,
    pub(crate) sent_cache_control: Option<VariableIndex>,
}

impl MainConf {
    /// The one of the configuration that nginx is reading.
    pub(crate) fn of(cf: Conf<'_>) -> Option<&Self> {
        cf.main_conf::<Pta>()
    }

    /// As `of`, but a missing one is an error.
    pub(crate) fn find(cf: Conf<'_>) -> Result<&Self, Logged> {
        Self::of(cf).ok_or_else(|| log(cf, format_args!("pta: no configuration of the http block")))
    }

    /// The one of the configuration that handles the request.
    pub(crate) fn of_request(request: Request<'_>) -> &Self {
        request.main_conf::<Pta>()
    }

    /// The key ring that all locations with these keys and this binding share.
    pub(crate) fn shared_ring(
        &self,
        material: KeyMaterial,
        binding: Option<&Rc<BoundValues>>,
    ) -> Option<Rc<KeyRing>> {
        let wanted = (material, binding.cloned());
        let mut rings = self.rings.borrow_mut();
        match rings.binary_search_by(|(known, _)| known.cmp(&wanted)) {
            Ok(at) => rings.get(at).map(|(_, ring)| Rc::clone(ring)),
            Err(at) => {
                let ring = Rc::new(wanted.0.ring()?);
                rings.insert(at, (wanted, Rc::clone(&ring)));
                Some(ring)
            }
        }
    }

    /// Logs a warning about the directive in `place`, unless another location has caused it already.
    pub(crate) fn warn_once(cf: Conf<'_>, place: SourceLine, warning: fmt::Arguments<'_>) {
        let text = format!("{warning} in {place}");
        let Some(main) = Self::of(cf) else { return };
        let mut warnings = main.warnings.borrow_mut();
        if !warnings.contains(&text) {
            warn(cf, format_args!("{text}"));
            warnings.push(text);
        }
    }

    /// Notes a location with `pta_enable on`.
    pub(crate) fn note_enabled(&self, redirects: bool) {
        self.enabled.set(true);
        self.redirects.set(self.redirects.get() || redirects);
    }

    /// Notes whether a location has `satisfy any`.
    pub(crate) fn note_satisfy(&self, any: bool) {
        self.satisfies_any.set(self.satisfies_any.get() || any);
    }

    /// Notes whether a location has `recursive_error_pages on`.
    pub(crate) fn note_recursion(&self, recurses: bool) {
        self.recurses.set(self.recurses.get() || recurses);
    }

    /// Whether some location has `recursive_error_pages on`.
    pub(crate) fn recurses(&self) -> bool {
        self.recurses.get()
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

    /// Notes the `pta_cache_control` of a protected location, or that an answer must not be stored.
    pub(crate) fn note_cache_control(&self, setting: CacheControl) {
        self.controls_caches.set(self.controls_caches.get() || setting != CacheControl::Off);
    }

    /// Whether any protected location has a `pta_cache_control` other than `off`.
    pub(crate) fn controls_caches(&self) -> bool {
        self.controls_caches.get()
    }

    /// Notes a `pta_accel_redirect on` that is written in a location.
    pub(crate) fn note_redirect(&self, written: Rc<WrittenRedirect>) {
        self.written_redirects.borrow_mut().push(written);
    }

    /// An error if a `pta_accel_redirect on` is written in a location where it has no effect.
    pub(crate) fn refuse_unused_redirects(&self, cf: Conf<'_>) -> Result<(), Logged> {
        self.written_redirects.borrow().iter().try_for_each(|written| written.refuse_unused(cf))
    }

    /// Notes the keys of a location that uses keys.
    pub(crate) fn note_seals(&self, keys: &KeyParts) {
        for (pair, place, is_complete) in keys.seals() {
            *self.seals.borrow_mut().entry((place, pair.name())).or_default() |= is_complete;
        }
    }

    /// Warns of seal keys that belong to no pair.
    pub(crate) fn warn_of_unused_seals(&self, cf: Conf<'_>) {
        for ((place, pair), is_used) in &*self.seals.borrow() {
            if !is_used {
                warn(
                    cf,
                    format_args!("there is no complete {pair} pair, so its seal key is not used in {place}"),
                );
            }
        }
    }

    /// Notes the `pta_leeway` of a protected location.
    pub(crate) fn note_leeway(&self, ring: &KeyRing, leeway: i64) {
        if leeway > 0 {
            let mut leeways = self.leeways.borrow_mut();
            let longest = leeways.entry(ptr::from_ref(ring)).or_default();
            *longest = leeway.max(*longest);
        }
    }

    /// The longest `pta_leeway` of the locations with these keys, when all have been merged.
    pub(crate) fn longest_leeway(&self, ring: *const KeyRing) -> i64 {
        self.leeways.borrow().get(&ring).copied().unwrap_or(0)
    }

    /// The zones for tokens that may be used once.
    pub(crate) fn claim_zones(&self) -> &Zones {
        &self.claim_zones
    }

    /// The indexes in the configuration that handles the request.
    #[inline]
    pub(crate) fn cached_variables(request: Request<'_>) -> CachedVariables {
        let main = Self::of_request(request);
        main.cached_variables.get().unwrap_or_else(|| main.find_cached_variables(request))
    }

    #[cold]
    #[inline(never)] // keeps its loops out of the callers
    fn find_cached_variables(&self, request: Request<'_>) -> CachedVariables {
        let index = |name: &[u8]| request.indexed_variable(|variable| variable == name);
        let cached = CachedVariables {
            request: index(b"request"),
            request_uri: index(b"request_uri"),
            sent_cache_control: index(b"sent_http_cache_control"),
        };
        self.cached_variables.set(Some(cached));
        cached
    }
}

// SAFETY: `create_main_conf` of the module creates this type.
unsafe impl HasMainConf for Pta {
    type MainConf = MainConf;
}
