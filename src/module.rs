//! The module table, and the phases in which the module takes part.

mod export;

use core::ffi::{c_char, c_void};
use core::ptr::{self, NonNull};

use nginx_sys::{
    NGX_HTTP_MODULE, ngx_conf_t, ngx_cycle_t, ngx_http_module_t, ngx_int_t, ngx_module_t, ngx_uint_t,
};
use ngx::core::Status;

use crate::check::{access, rewrite};
use crate::conf::index::Pta;
use crate::conf::main::MainConf;
use crate::conf::{LocConf, directives, regex_warning};
use crate::nginx::callback::Callback;
use crate::nginx::conf::{CONF_ERROR, Conf, Logged, log};
use crate::nginx::guard;
use crate::nginx::phases::{
    ACCESS_PHASE, Order, PRECONTENT_PHASE, REWRITE_PHASE, SERVER_REWRITE_PHASE, first, register,
    server_rewrite,
};
use crate::{accel_redirect, variables, version};

static MODULE_CONTEXT: ngx_http_module_t = ngx_http_module_t {
    preconfiguration: Some(preconfiguration),
    postconfiguration: Some(postconfiguration),
    create_main_conf: Some(create_main_conf),
    init_main_conf: None,
    create_srv_conf: None,
    merge_srv_conf: None,
    create_loc_conf: Some(create_loc_conf),
    merge_loc_conf: Some(merge_loc_conf),
};

/// The module as nginx sees it. Mutable because nginx numbers its modules when it loads them.
#[allow(non_upper_case_globals)] // the name that `load_module` lines and nginx's build rely on
#[cfg_attr(not(test), used)]
pub(crate) static mut ngx_http_pta_module: ngx_module_t = ngx_module_t {
    ctx: (&raw const MODULE_CONTEXT).cast_mut().cast(),
    commands: directives::table(),
    type_: NGX_HTTP_MODULE as ngx_uint_t,
    init_module: Some(init_module),
    ..ngx_module_t::default()
};

unsafe extern "C" fn create_main_conf(cf: *mut ngx_conf_t) -> *mut c_void {
    guard::value(Callback::CreateMainConf, ptr::null_mut(), || {
        // SAFETY: nginx has given the module its index, and this is its first callback.
        unsafe { Pta::set_index((&raw const ngx_http_pta_module.ctx_index).read()) };
        // SAFETY: nginx calls this as a callback of an HTTP module.
        unsafe { Conf::from_raw(cf) }.allocate(MainConf::default()).cast()
    })
}

unsafe extern "C" fn create_loc_conf(cf: *mut ngx_conf_t) -> *mut c_void {
    guard::value(Callback::CreateLocConf, ptr::null_mut(), || {
        // SAFETY: nginx calls this as a callback of an HTTP module.
        let cf = unsafe { Conf::from_raw(cf) };
        cf.allocate(LocConf::new(cf)).cast()
    })
}

unsafe extern "C" fn merge_loc_conf(
    cf: *mut ngx_conf_t,
    parent: *mut c_void,
    child: *mut c_void,
) -> *mut c_char {
    guard::value(Callback::MergeLocConf, CONF_ERROR, || {
        // SAFETY: both were made by create_loc_conf, and nginx never merges one into itself.
        let (parent, merged) = unsafe { (&*parent.cast::<LocConf>(), &mut *child.cast::<LocConf>()) };
        // SAFETY: nginx calls this as a callback of an HTTP module.
        let cf = unsafe { Conf::from_raw(cf) };
        if merged.merge(parent, cf).is_err() {
            return CONF_ERROR;
        }
        if let Some(this) = NonNull::new(child.cast()) {
            // SAFETY: it has just been merged into this one.
            unsafe { parent.note_block(this) };
        }
        ptr::null_mut()
    })
}

unsafe extern "C" fn preconfiguration(cf: *mut ngx_conf_t) -> ngx_int_t {
    guard::value(Callback::Preconfiguration, Status::NGX_ERROR.0, || {
        // SAFETY: nginx calls this as a callback of an HTTP module.
        variables::register(unsafe { Conf::from_raw(cf) }).0
    })
}

unsafe extern "C" fn postconfiguration(cf: *mut ngx_conf_t) -> ngx_int_t {
    guard::value(Callback::Postconfiguration, Status::NGX_ERROR.0, || {
        // SAFETY: nginx calls this as a callback of an HTTP module.
        let cf = unsafe { Conf::from_raw(cf) };
        let Some(main) = MainConf::of(cf) else {
            log(cf, format_args!("pta: no configuration of the http block"));
            return Status::NGX_ERROR.0;
        };
        if main.refuse_unused_redirects(cf).is_err() {
            return Status::NGX_ERROR.0;
        }
        if !main.enabled_somewhere() {
            return Status::NGX_OK.0;
        }
        // SAFETY: this is a postconfiguration callback.
        unsafe { regex_warning::warn(cf) };
        if register_handlers(cf, main).is_ok() { Status::NGX_OK.0 } else { Status::NGX_ERROR.0 }
    })
}

/// nginx calls this in the master for each new configuration, and exits if it fails. So it never
/// fails.
unsafe extern "C" fn init_module(cycle: *mut ngx_cycle_t) -> ngx_int_t {
    guard::value(Callback::InitModule, Status::NGX_OK.0, || {
        // SAFETY: nginx gives the new cycle, before it handles requests in it.
        unsafe {
            version::log(cycle);
            first::run_first(cycle, rewrite::rewrite);
            first::run_first(cycle, access::let_in_by_others);
        }
        Status::NGX_OK.0
    })
}

fn register_handlers(cf: Conf<'_>, main: &MainConf) -> Result<(), Logged> {
    register(cf, REWRITE_PHASE, Order::BeforeOthers, rewrite::rewrite)?;
    register(cf, ACCESS_PHASE, Order::BeforeOthers, access::handler)?;
    // Not always: if nothing happens in that phase, the next handler finds the same.
    // SAFETY: the http block has been read, all servers are merged.
    if unsafe { server_rewrite::is_used(cf) } {
        register(cf, SERVER_REWRITE_PHASE, Order::BeforeOthers, rewrite::server_rewrite)?;
    }
    if main.enabled_in_if() {
        register(cf, REWRITE_PHASE, Order::AfterOthers, rewrite::rewritten)?;
    }
    // Handlers registered last run first: `let_in_by_others` must run before the redirect.
    if main.redirects() {
        register(cf, PRECONTENT_PHASE, Order::BeforeOthers, accel_redirect::handler)?;
    }
    if main.satisfies_any() {
        register(cf, PRECONTENT_PHASE, Order::BeforeOthers, access::let_in_by_others)?;
    }
    Ok(())
}
