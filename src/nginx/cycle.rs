//! A cycle: one configuration, and what nginx creates for it.

use core::marker::PhantomData;
use core::ptr::NonNull;

use nginx_sys::{ngx_cycle_t, ngx_log_t};

/// The cycle that nginx is about to use, in the init_module of a module. No request runs in it yet.
#[derive(Clone, Copy)]
pub(crate) struct NewCycle<'c> {
    raw: NonNull<ngx_cycle_t>,
    lifetime: PhantomData<&'c ngx_cycle_t>,
}

impl NewCycle<'_> {
    /// # Safety
    ///
    /// nginx must have called a module's init_module with `raw`. The lifetime must not outlast that
    /// call.
    pub(crate) unsafe fn from_raw(raw: *mut ngx_cycle_t) -> Self {
        // SAFETY: nginx never passes NULL.
        Self { raw: unsafe { NonNull::new_unchecked(raw) }, lifetime: PhantomData }
    }

    pub(crate) fn as_ptr(self) -> *mut ngx_cycle_t {
        self.raw.as_ptr()
    }

    pub(crate) fn log(self) -> *mut ngx_log_t {
        // SAFETY: a cycle has a log.
        unsafe { (*self.as_ptr()).log }
    }
}
