//! Where nginx keeps what belongs to `ngx_http_pta_module`.

use core::sync::atomic::{AtomicUsize, Ordering};

use crate::nginx::http_module::HttpModule;

/// `ngx_http_pta_module`, for what nginx keeps for it. The module itself refers to everything else,
/// so it is defined above all other rooms.
pub(crate) enum Pta {}

static INDEX: AtomicUsize = AtomicUsize::new(usize::MAX);

impl Pta {
    /// # Safety
    ///
    /// `index` must be the `ctx_index` that nginx has given the module. nginx gives it before it
    /// calls the module's first callback, and keeps it as long as the module is loaded.
    pub(crate) unsafe fn set_index(index: usize) {
        INDEX.store(index, Ordering::Relaxed);
    }
}

// SAFETY: the first callback sets the index, so that it is known wherever it is needed.
unsafe impl HttpModule for Pta {
    #[inline]
    fn index() -> usize {
        INDEX.load(Ordering::Relaxed)
    }
}
