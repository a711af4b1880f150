//! Does this configuration use the SERVER_REWRITE phase?

use core::ffi::CStr;

use nginx_sys::{
    ngx_array_t, ngx_http_phases_NGX_HTTP_SERVER_REWRITE_PHASE as SERVER_REWRITE_PHASE, ngx_module_t,
};

use crate::nginx::conf::{Conf, Postconf, Server};

const REWRITE_MODULE: &CStr = c"ngx_http_rewrite_module";

/// Whether a request's URI may change in the SERVER_REWRITE phase. That needs rewrite directives at
/// the level of a server, or another module's handler.
///
/// The configuration of the rewrite module is private. Since nginx 0.1, it begins with a pointer to
/// the array of compiled directives, or NULL. If that changes, a request that follows an
/// X-Accel-Redirect and is then rewritten by the server is checked without need. That mistake is
/// safe.
pub(crate) fn is_used(cf: Postconf<'_>) -> bool {
    // SAFETY: nginx has read the http block and set up the phases. The index is that of a module.
    unsafe {
        let main = &*cf.core_main_conf();
        let handlers = main.phases.get(SERVER_REWRITE_PHASE as usize).map_or(0, |phase| phase.handlers.nelts);
        let Some(rewrite) = find_module(*cf, REWRITE_MODULE) else { return handlers > 0 };
        let rewrites = |server: Server<'_>| {
            let codes = server.loc_conf_at((*rewrite).ctx_index).cast::<*mut ngx_array_t>();
            !codes.read().is_null()
        };
        handlers > 1 || cf.servers().any(rewrites)
    }
}

/// # Safety
///
/// `cf` must be valid.
unsafe fn find_module(cf: Conf<'_>, name: &CStr) -> Option<*mut ngx_module_t> {
    // SAFETY: the cycle's modules are an array that ends with NULL. Each module has a name.
    unsafe {
        let mut next = (*(*cf.as_ptr()).cycle).modules;
        while let Some(module) = (*next).as_ref() {
            if CStr::from_ptr(module.name) == name {
                return Some(*next);
            }
            next = next.add(1);
        }
    }
    None
}
