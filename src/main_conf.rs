//! What all locations of a configuration share.

use core::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use nginx_sys::{ngx_conf_t, ngx_cycle_t, ngx_http_conf_ctx_t};
use pta_token::KeyRing;

use crate::keys::RingMaterial;
use crate::module::ctx_index;
use crate::ngx_ext::{Request, http_ctx};

/// The configuration of the http block.
#[derive(Default)]
pub(crate) struct MainConf {
    rings: RefCell<BTreeMap<RingMaterial, Rc<KeyRing>>>,
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
    pub(crate) fn intern(&self, material: RingMaterial) -> Option<Rc<KeyRing>> {
        let mut rings = self.rings.borrow_mut();
        if let Some(ring) = rings.get(&material) {
            return Some(Rc::clone(ring));
        }
        let ring = Rc::new(material.ring()?);
        rings.insert(material, Rc::clone(&ring));
        Some(ring)
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
