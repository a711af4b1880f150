//! A cycle: one configuration, and what nginx creates for it.

use core::marker::PhantomData;
use core::ptr::NonNull;

use nginx_sys::{ngx_cycle_t, ngx_http_conf_ctx_t, ngx_http_module, ngx_log_t};

use crate::nginx::http_module::HasMainConf;

/// The cycle that nginx is about to use, in the init_module of a module. No request runs in it yet.
#[derive(Clone, Copy)]
pub(crate) struct NewCycle<'c> {
    raw: NonNull<ngx_cycle_t>,
    lifetime: PhantomData<&'c ngx_cycle_t>,
}

impl<'c> NewCycle<'c> {
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

    /// A module's configuration of the http block, if there is an http block.
    pub(crate) fn main_conf<M: HasMainConf>(self) -> Option<&'c M::MainConf> {
        // SAFETY: a cycle has an element for the configuration of each module, or NULL. That of the
        // http block has a table with an element for each HTTP module. All references to these
        // configurations are shared ones.
        unsafe {
            let http = (*self.as_ptr()).conf_ctx.add((&raw const ngx_http_module.index).read()).read();
            let context = http.cast::<ngx_http_conf_ctx_t>().as_ref()?;
            (*context.main_conf.add(M::index())).cast::<M::MainConf>().as_ref()
        }
    }

    pub(crate) fn log(self) -> *mut ngx_log_t {
        // SAFETY: a cycle has a log.
        unsafe { (*self.as_ptr()).log }
    }
}
