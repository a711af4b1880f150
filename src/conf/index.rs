//! The index under which nginx keeps the data of `ngx_http_pta_module`.

use core::sync::atomic::{AtomicUsize, Ordering};

use crate::nginx::http_module::HttpModule;

/// Stands for `ngx_http_pta_module` in code that reads its data. The module's own definition is
/// in `module/pta.rs`: it refers to all other code, so no layer below may refer to it.
pub(crate) enum Pta {}

static INDEX: AtomicUsize = AtomicUsize::new(usize::MAX);

impl Pta {
    /// # Safety
    ///
    /// `index` must be the module's `ctx_index`. nginx sets it before it calls the module's first
    /// callback, and does not change it while the module is loaded.
    pub(crate) unsafe fn set_index(index: usize) {
        INDEX.store(index, Ordering::Relaxed);
    }
}

// SAFETY: the first callback sets the index, so it is set before anything reads it.
unsafe impl HttpModule for Pta {
    #[inline]
    fn index() -> usize {
        INDEX.load(Ordering::Relaxed)
    }
}
