//! An HTTP module, and the types of the data that nginx keeps for it. The file that defines such a
//! type implements its trait.

use nginx_sys::{
    ngx_http_core_loc_conf_t, ngx_http_core_main_conf_t, ngx_http_core_module, ngx_http_core_srv_conf_t,
};

/// # Safety
///
/// `index` must be the module's `ctx_index`.
pub(crate) unsafe trait HttpModule {
    fn index() -> usize;
}

/// # Safety
///
/// What the module creates for the http block must be of this type.
pub(crate) unsafe trait HasMainConf: HttpModule {
    type MainConf;
}

/// # Safety
///
/// What the module creates for a server must be of this type.
pub(crate) unsafe trait HasSrvConf: HttpModule {
    type SrvConf;
}

/// # Safety
///
/// What the module creates for a location must be of this type.
pub(crate) unsafe trait HasLocConf: HttpModule {
    type LocConf;
}

/// # Safety
///
/// Only `Request::set_context` may set the module's context.
pub(crate) unsafe trait HasContext: HttpModule {
    type Context<'r>;
}

/// nginx's own module.
pub(crate) enum Core {}

// SAFETY: the index is the module's own.
unsafe impl HttpModule for Core {
    fn index() -> usize {
        // SAFETY: nginx sets the index before it reads the http block, and does not change it
        // afterwards.
        unsafe { (&raw const ngx_http_core_module.ctx_index).read() }
    }
}

// SAFETY: the type is that of nginx's create callback.
unsafe impl HasMainConf for Core {
    type MainConf = ngx_http_core_main_conf_t;
}

// SAFETY: as above.
unsafe impl HasSrvConf for Core {
    type SrvConf = ngx_http_core_srv_conf_t;
}

// SAFETY: as above.
unsafe impl HasLocConf for Core {
    type LocConf = ngx_http_core_loc_conf_t;
}
