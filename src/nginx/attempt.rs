//! An attempt to use a new configuration, and what is left of it if nginx refuses the configuration.
//!
//! A process has one chain of filters of each kind. nginx builds the chains when it calls the
//! postconfiguration of its modules. Later, it may still refuse the configuration. A worker that
//! starts after that uses the old configuration with the new chains. If a postconfiguration has
//! failed, these chains are without the filters of all modules behind that one.
//!
//! So an attempt notes the heads of the chains, and puts them back if nginx drops it. That is enough:
//! a module that was not called still knows its next filter.

use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use nginx_sys::{
    ngx_http_output_body_filter_pt, ngx_http_output_header_filter_pt, ngx_http_request_body_filter_pt,
    ngx_http_top_body_filter, ngx_http_top_header_filter, ngx_http_top_request_body_filter,
};

use crate::nginx::conf::Conf;
use crate::nginx::cycle::NewCycle;
use crate::nginx::http_module;

/// Whether any configuration of this process has needed a filter of this module. It stays true when a
/// later one does not: nginx may refuse that one.
pub(crate) struct Needed(AtomicBool);

impl Needed {
    /// The state before [`Self::note`].
    pub(crate) const fn no() -> Self {
        Self(AtomicBool::new(false))
    }

    pub(crate) fn note(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    #[inline]
    pub(crate) fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Whether nginx has neither accepted nor dropped the attempt that began last.
static IS_OPEN: AtomicBool = AtomicBool::new(false);

/// How many attempts exist: the configuration that nginx is reading, the one in use and, in a single
/// process, older ones whose requests have not ended.
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// What nginx drops with a configuration.
pub(crate) struct Attempt {
    header_filter: ngx_http_output_header_filter_pt,
    body_filter: ngx_http_output_body_filter_pt,
    request_body_filter: ngx_http_request_body_filter_pt,
    needed: Vec<(&'static Needed, bool)>,
}

impl Attempt {
    /// Notes what the configuration in use needs and has. nginx has not called any postconfiguration
    /// yet.
    pub(crate) fn begin(_: Conf<'_>, needed: &[&'static Needed]) -> Self {
        IS_OPEN.store(true, Ordering::Relaxed);
        COUNT.fetch_add(1, Ordering::Relaxed);
        // SAFETY: nginx reads configurations in one thread, and changes the chains only there.
        unsafe {
            Self {
                header_filter: ngx_http_top_header_filter,
                body_filter: ngx_http_top_body_filter,
                request_body_filter: ngx_http_top_request_body_filter,
                needed: needed.iter().map(|&needed| (needed, needed.get())).collect(),
            }
        }
    }

    /// nginx has accepted the configuration. From now on, nothing is put back.
    pub(crate) fn accept(_: NewCycle<'_>) {
        IS_OPEN.store(false, Ordering::Relaxed);
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if COUNT.fetch_sub(1, Ordering::Relaxed) == 1 {
            // SAFETY: this was the last one.
            unsafe { http_module::take_indexes_back() };
        }
        if !IS_OPEN.swap(false, Ordering::Relaxed) {
            return;
        }
        // SAFETY: as in `begin`. The configuration in use has loaded the modules of these filters.
        unsafe {
            ngx_http_top_header_filter = self.header_filter;
            ngx_http_top_body_filter = self.body_filter;
            ngx_http_top_request_body_filter = self.request_body_filter;
        }
        // A filter in the middle of the chain stays there, as another one calls it. If the
        // configuration in use is without this module:
        // - nginx now unloads the module, but thread-locals with destructors keep the code in memory.
        // - The filter must not look for its configuration. It may look for a context: nginx makes
        //   room for the contexts of both configurations.
        for (needed, before) in &self.needed {
            needed.0.store(*before, Ordering::Relaxed);
        }
    }
}
