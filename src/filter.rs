//! `ngx_http_pta_filter_module`: the header filter. The module has no directives. It is separate so
//! that nginx can place it among its own filters (see exports.rs), while `ngx_http_pta_module`
//! keeps its place.

use core::sync::atomic::{AtomicBool, Ordering};

use nginx_sys::{
    NGX_HTTP_MODULE, ngx_conf_t, ngx_http_module_t, ngx_http_output_header_filter_pt, ngx_http_request_t,
    ngx_http_top_header_filter, ngx_int_t, ngx_module_t, ngx_uint_t,
};
use ngx::core::Status;

use crate::cache_control;
use crate::conf::main::MainConf;
use crate::nginx::callback::Callback;
use crate::nginx::conf::Conf;
use crate::nginx::guard;

static MODULE_CONTEXT: ngx_http_module_t = ngx_http_module_t {
    preconfiguration: None,
    postconfiguration: Some(postconfiguration),
    create_main_conf: None,
    init_main_conf: None,
    create_srv_conf: None,
    merge_srv_conf: None,
    create_loc_conf: None,
    merge_loc_conf: None,
};

/// The module as nginx sees it. Mutable because nginx numbers its modules when it loads them.
#[allow(non_upper_case_globals)] // the name by which nginx places it
#[cfg_attr(not(test), used)]
pub(crate) static mut ngx_http_pta_filter_module: ngx_module_t = ngx_module_t {
    ctx: (&raw const MODULE_CONTEXT).cast_mut().cast(),
    type_: NGX_HTTP_MODULE as ngx_uint_t,
    ..ngx_module_t::default()
};

/// The filter that runs after ours. Written only while a configuration is read.
static mut NEXT_HEADER_FILTER: ngx_http_output_header_filter_pt = None;

/// Whether any configuration of this process has needed the filter. A process has one chain of
/// filters, that of the configuration read last. If nginx refuses that configuration, workers
/// started for the old one still use the new chain.
static IS_NEEDED: AtomicBool = AtomicBool::new(false);

unsafe extern "C" fn postconfiguration(cf: *mut ngx_conf_t) -> ngx_int_t {
    guard::value(Callback::FilterPostconfiguration, Status::NGX_ERROR.0, || {
        // SAFETY: nginx calls this as a callback of an HTTP module.
        let cf = unsafe { Conf::from_raw(cf) };
        let Some(main) = MainConf::of(cf) else { return Status::NGX_ERROR.0 };
        if main.controls_caches() {
            IS_NEEDED.store(true, Ordering::Relaxed);
        }
        if IS_NEEDED.load(Ordering::Relaxed) {
            // SAFETY: nginx reads a configuration in one thread, and runs no filter meanwhile.
            unsafe {
                NEXT_HEADER_FILTER = ngx_http_top_header_filter;
                ngx_http_top_header_filter = Some(header_filter);
            }
        }
        Status::NGX_OK.0
    })
}

unsafe extern "C" fn header_filter(request: *mut ngx_http_request_t) -> ngx_int_t {
    // SAFETY: nginx calls this as a header filter.
    let status = unsafe {
        guard::filter(Callback::HeaderFilter, request, |request| {
            cache_control::filter(request).map_or(Status::NGX_ERROR, |()| Status::NGX_OK)
        })
    };
    if status != Status::NGX_OK.0 {
        return status;
    }
    // SAFETY: written when this filter was registered; nginx's own filters are always behind it.
    unsafe { NEXT_HEADER_FILTER.map_or(status, |next| next(request)) }
}
