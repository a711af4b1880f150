//! The configuration that nginx is reading, as passed to callbacks and setters.

use core::ffi::{c_char, c_void};
use core::fmt;
use core::marker::PhantomData;
use core::ops::Deref;
use core::ptr::{self, NonNull};
use core::slice;

use nginx_sys::{
    NGX_ALIGNMENT, NGX_LOG_EMERG, NGX_LOG_WARN, ngx_conf_t, ngx_http_conf_ctx_t, ngx_http_core_main_conf_t,
    ngx_http_core_srv_conf_t, ngx_log_t, ngx_pool_cleanup_add, ngx_str_t,
};
use ngx::ngx_log_error;

use crate::nginx::callback::Callback;
use crate::nginx::fault::{self, Stage};
use crate::nginx::guard;
use crate::nginx::http_module::{Core, HasLocConf, HasMainConf, HttpModule, MergedBefore};

/// nginx's `NGX_CONF_ERROR`. The error has already been logged.
pub(crate) const CONF_ERROR: *mut c_char = ptr::without_provenance_mut(usize::MAX);

/// The `cf` of a running configuration callback of an HTTP module.
#[derive(Clone, Copy)]
pub(crate) struct Conf<'c> {
    raw: NonNull<ngx_conf_t>,
    lifetime: PhantomData<&'c ngx_conf_t>,
}

impl<'c> Conf<'c> {
    /// # Safety
    ///
    /// nginx must have called a configuration callback of an HTTP module, or the setter of its
    /// directive, with `raw`. `'c` must not outlast that call.
    pub(crate) unsafe fn from_raw(raw: *mut ngx_conf_t) -> Self {
        // SAFETY: nginx never passes NULL.
        Self { raw: unsafe { NonNull::new_unchecked(raw) }, lifetime: PhantomData }
    }

    pub(crate) fn as_ptr(self) -> *mut ngx_conf_t {
        self.raw.as_ptr()
    }

    pub(crate) fn log(self) -> *mut ngx_log_t {
        // SAFETY: nginx sets a log before it reads a configuration.
        unsafe { (*self.as_ptr()).log }
    }

    /// Puts a value into the configuration's pool, where it is dropped with the configuration.
    /// Returns NULL if there is no memory.
    pub(crate) fn allocate<T>(self, value: T) -> *mut T {
        const { assert!(align_of::<T>() <= NGX_ALIGNMENT) };
        // For no bytes, nginx allocates nothing: the pointer would be NULL.
        const { assert!(size_of::<T>() > 0) };
        if fault::out_of_memory(Stage::Configuration, self.log()) {
            return ptr::null_mut();
        }
        // SAFETY: the pool is that of the configuration; the alignment is checked above.
        unsafe {
            let Some(cleanup) = ngx_pool_cleanup_add((*self.as_ptr()).pool, size_of::<T>()).as_mut() else {
                return ptr::null_mut();
            };
            let data = cleanup.data.cast::<T>();
            data.write(value);
            cleanup.handler = Some(drop_value::<T>);
            data
        }
    }

    /// A module's configuration of the http block, if nginx has created it.
    pub(crate) fn main_conf<M: HasMainConf>(self) -> Option<&'c M::MainConf> {
        // SAFETY: within the http block, `ctx` is its table of configurations, with an element for
        // each HTTP module. All references to these configurations are shared ones.
        unsafe {
            let ctx = (*self.as_ptr()).ctx.cast::<ngx_http_conf_ctx_t>().as_ref()?;
            (*ctx.main_conf.add(M::index())).cast::<M::MainConf>().as_ref()
        }
    }

    /// nginx's own configuration of the http block.
    pub(crate) fn core_main_conf(self) -> *mut ngx_http_core_main_conf_t {
        // SAFETY: as for main_conf.
        unsafe {
            let ctx = (*self.as_ptr()).ctx.cast::<ngx_http_conf_ctx_t>();
            (*(*ctx).main_conf.add(Core::index())).cast()
        }
    }

    /// A module's configuration of the block whose directive nginx is reading.
    pub(crate) fn loc_conf_ptr<M: HasLocConf>(self) -> *mut M::LocConf {
        // SAFETY: within the http block, `ctx` has the table of the block.
        unsafe { (*(*(*self.as_ptr()).ctx.cast::<ngx_http_conf_ctx_t>()).loc_conf.add(M::index())).cast() }
    }

    /// The arguments of the directive being read, its name first.
    ///
    /// # Safety
    ///
    /// nginx must be reading a directive: in a setter, or in a callback that the setter of a block
    /// calls.
    pub(crate) unsafe fn arguments(self) -> &'c [ngx_str_t] {
        // SAFETY: while a directive is parsed, `args` is an array of strings.
        unsafe { slice::from_raw_parts((*(*self.as_ptr()).args).elts.cast(), (*(*self.as_ptr()).args).nelts) }
    }
}

/// The `cf` of a running merge_loc_conf callback of the module `M`.
pub(crate) struct Merging<'c, M>(Conf<'c>, PhantomData<fn() -> M>);

impl<'c, M> Merging<'c, M> {
    /// # Safety
    ///
    /// nginx must have called the merge_loc_conf callback of `M` with `raw`. The lifetime must not
    /// outlast that call.
    pub(crate) unsafe fn from_raw(raw: *mut ngx_conf_t) -> Self {
        // SAFETY: by this function's contract.
        Self(unsafe { Conf::from_raw(raw) }, PhantomData)
    }

    /// What another module has for the location being merged.
    pub(crate) fn merged<O: MergedBefore<M>>(&self) -> &'c O::LocConf {
        // SAFETY: while locations are merged, `ctx` has the location's table. nginx has merged `O`
        // before `M`, and does not change it afterwards.
        unsafe {
            let conf = *(*(*self.as_ptr()).ctx.cast::<ngx_http_conf_ctx_t>()).loc_conf.add(O::index());
            &*conf.cast::<O::LocConf>()
        }
    }
}

impl<'c, M> Deref for Merging<'c, M> {
    type Target = Conf<'c>;

    fn deref(&self) -> &Conf<'c> {
        &self.0
    }
}

/// The `cf` of a running postconfiguration callback: nginx has read the http block, merged its
/// locations and set up the phases.
#[derive(Clone, Copy)]
pub(crate) struct Postconf<'c>(Conf<'c>);

impl Postconf<'_> {
    /// # Safety
    ///
    /// nginx must have called the postconfiguration callback of an HTTP module with `raw`. The
    /// lifetime must not outlast that call.
    pub(crate) unsafe fn from_raw(raw: *mut ngx_conf_t) -> Self {
        // SAFETY: by this function's contract.
        Self(unsafe { Conf::from_raw(raw) })
    }
}

impl<'c> Postconf<'c> {
    /// The servers of the http block.
    pub(crate) fn servers(self) -> impl Iterator<Item = Server<'c>> {
        // SAFETY: nginx has read the http block. The array has a pointer to each server, and does not
        // change any more.
        let servers: &'c [*mut ngx_http_core_srv_conf_t] = unsafe {
            let servers = &(*self.core_main_conf()).servers;
            if servers.nelts == 0 { &[] } else { slice::from_raw_parts(servers.elts.cast(), servers.nelts) }
        };
        // SAFETY: no pointer is NULL.
        servers.iter().map(|server| Server(unsafe { &**server }))
    }
}

impl<'c> Deref for Postconf<'c> {
    type Target = Conf<'c>;

    fn deref(&self) -> &Conf<'c> {
        &self.0
    }
}

/// A server of a configuration that nginx has read and merged.
#[derive(Clone, Copy)]
pub(crate) struct Server<'c>(&'c ngx_http_core_srv_conf_t);

impl<'c> Server<'c> {
    /// A module's location configuration, as set at the level of the server.
    pub(crate) fn loc_conf<M: HasLocConf>(self) -> &'c M::LocConf {
        // SAFETY: by the trait's contract. A server has a table with an element for each HTTP module.
        // Nothing changes these configurations any more.
        unsafe { &*self.loc_conf_at(M::index()).cast() }
    }

    /// What the table has for the module with this index.
    ///
    /// # Safety
    ///
    /// `index` must be the `ctx_index` of a module.
    pub(crate) unsafe fn loc_conf_at(self, index: usize) -> *mut c_void {
        // SAFETY: by this function's contract.
        unsafe { *(*self.0.ctx).loc_conf.add(index) }
    }
}

unsafe extern "C" fn drop_value<T>(data: *mut c_void) {
    // SAFETY: nginx calls this once, for a value that `allocate` put there.
    guard::value(Callback::DropConf, (), || unsafe { data.cast::<T>().drop_in_place() });
}

/// The error has been written to the log.
pub(crate) struct Logged;

/// Logs why a configuration is refused. ngx_conf_log_error is no help here: after the http block,
/// it reports the line where the block ends.
pub(crate) fn log(cf: Conf<'_>, message: fmt::Arguments<'_>) -> Logged {
    ngx_log_error!(NGX_LOG_EMERG, cf.log(), "{message}");
    Logged
}

/// Logs a warning about a configuration that nginx accepts.
pub(crate) fn warn(cf: Conf<'_>, message: fmt::Arguments<'_>) {
    ngx_log_error!(NGX_LOG_WARN, cf.log(), "{message}");
}
