//! The module table, and the phases in which the module takes part.

use core::convert::Infallible;
use core::ffi::{c_char, c_void};
use core::ptr::NonNull;
use core::{ptr, slice};

use nginx_sys::{
    NGX_HTTP_MODULE, ngx_array_push, ngx_array_t, ngx_conf_t, ngx_cycle_t, ngx_http_handler_pt,
    ngx_http_module_t, ngx_http_phase_t, ngx_http_phases,
    ngx_http_phases_NGX_HTTP_ACCESS_PHASE as ACCESS_PHASE,
    ngx_http_phases_NGX_HTTP_PRECONTENT_PHASE as PRECONTENT_PHASE,
    ngx_http_phases_NGX_HTTP_REWRITE_PHASE as REWRITE_PHASE,
    ngx_http_phases_NGX_HTTP_SERVER_REWRITE_PHASE as SERVER_REWRITE_PHASE, ngx_http_request_t, ngx_int_t,
    ngx_module_t, ngx_uint_t,
};
use ngx::core::Status;

use crate::conf::{LocConf, Logged, log};
use crate::fault::{self, Stage};
use crate::guard::{self, Entry};
use crate::main_conf::MainConf;
use crate::ngx_ext::{CONF_ERROR, Conf, HttpModule};
use crate::record::Record;
use crate::{
    accel_redirect, access, directives, entry, phase_order, regex_warning, server_rewrite, variables, version,
};

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

/// This module, for what nginx keeps for it.
pub(crate) enum Pta {}

// SAFETY: the callbacks below create these types; there is nothing for a server.
unsafe impl HttpModule for Pta {
    type MainConf = MainConf;
    type SrvConf = Infallible;
    type LocConf = LocConf;
    type Context<'r> = Record<'r>;

    fn index() -> usize {
        // SAFETY: nginx writes the index while it reads the configuration, before anything here can run, and
        // never after.
        unsafe { (&raw const ngx_http_pta_module.ctx_index).read() }
    }
}

unsafe extern "C" fn create_main_conf(cf: *mut ngx_conf_t) -> *mut c_void {
    guard::value(Entry::CreateMainConf, ptr::null_mut(), || {
        // SAFETY: nginx calls this as a callback of an HTTP module.
        unsafe { Conf::from_raw(cf) }.allocate(MainConf::default()).cast()
    })
}

unsafe extern "C" fn create_loc_conf(cf: *mut ngx_conf_t) -> *mut c_void {
    guard::value(Entry::CreateLocConf, ptr::null_mut(), || {
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
    guard::value(Entry::MergeLocConf, CONF_ERROR, || {
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
    guard::value(Entry::Preconfiguration, Status::NGX_ERROR.0, || {
        // SAFETY: nginx calls this as a callback of an HTTP module.
        variables::register(unsafe { Conf::from_raw(cf) }).0
    })
}

unsafe extern "C" fn postconfiguration(cf: *mut ngx_conf_t) -> ngx_int_t {
    guard::value(Entry::Postconfiguration, Status::NGX_ERROR.0, || {
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
    guard::value(Entry::InitModule, Status::NGX_OK.0, || {
        // SAFETY: nginx gives the new cycle, before it handles requests in it.
        unsafe {
            version::log(cycle);
            phase_order::run_first(cycle, entry::rewrite);
            phase_order::run_first(cycle, access::let_in_by_others);
        }
        Status::NGX_OK.0
    })
}

fn register_handlers(cf: Conf<'_>, main: &MainConf) -> Result<(), Logged> {
    register(cf, REWRITE_PHASE, Order::BeforeOthers, entry::rewrite)?;
    register(cf, ACCESS_PHASE, Order::BeforeOthers, access::handler)?;
    // Not always: if nothing happens in that phase, the next handler finds the same.
    // SAFETY: the http block has been read, all servers are merged.
    if unsafe { server_rewrite::is_used(cf) } {
        register(cf, SERVER_REWRITE_PHASE, Order::BeforeOthers, entry::server_rewrite)?;
    }
    if main.enabled_in_if() {
        register(cf, REWRITE_PHASE, Order::AfterOthers, entry::rewritten)?;
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

/// Where a handler stands among those of its phase. nginx runs them last registered first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    BeforeOthers,
    AfterOthers,
}

fn register(cf: Conf<'_>, phase: ngx_http_phases, order: Order, handler: Handler) -> Result<(), Logged> {
    // SAFETY: nginx calls postconfiguration with the `cf` of the http block, and the phases are set up.
    unsafe {
        let phases = &mut (*cf.core_main_conf()).phases;
        phases
            .get_mut(phase as usize)
            .and_then(|phase| push(cf, phase, order, handler))
            .ok_or_else(|| log(cf, format_args!("pta: could not add a handler to the {} phase", name(phase))))
    }
}

fn name(phase: ngx_http_phases) -> &'static str {
    match phase {
        SERVER_REWRITE_PHASE => "server rewrite",
        REWRITE_PHASE => "rewrite",
        ACCESS_PHASE => "access",
        _ => "precontent",
    }
}

type Handler = unsafe extern "C" fn(*mut ngx_http_request_t) -> ngx_int_t;

/// # Safety
///
/// `cf` must be that of a postconfiguration callback, and `phase` one of its phases.
unsafe fn push(cf: Conf<'_>, phase: &mut ngx_http_phase_t, order: Order, handler: Handler) -> Option<()> {
    let handlers: *mut ngx_array_t = &raw mut phase.handlers;
    // SAFETY: nginx has initialised the array as one of handlers. ngx_array_push makes room for one more and
    // may move the elements, so that `elts` is read after it.
    unsafe {
        if fault::out_of_memory(Stage::Configuration, cf.log()) {
            return None;
        }
        *ngx_array_push(handlers).cast::<ngx_http_handler_pt>().as_mut()? = Some(handler);
        if order == Order::AfterOthers {
            let elements = (*handlers).elts.cast::<ngx_http_handler_pt>();
            slice::from_raw_parts_mut(elements, (*handlers).nelts).rotate_right(1);
        }
    }
    Some(())
}
