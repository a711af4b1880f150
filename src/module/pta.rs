//! `ngx_http_pta_module`: the callbacks with which nginx configures it. Each capability registers
//! its own variables and phase handlers.

use core::ptr::NonNull;

use nginx_sys::{ngx_http_module_t, ngx_module_t};

use crate::check::{access, rewrite};
use crate::conf::index::Pta;
use crate::conf::main::MainConf;
use crate::conf::table::define;
use crate::conf::{LocConf, directives, regex_warning};
use crate::nginx::conf::{Conf, Logged, Merging, Postconf};
use crate::nginx::cycle::NewCycle;
use crate::nginx::handler::handler;
use crate::nginx::http_module::OwnModule;
use crate::{accel_redirect, file_mtime, issue, variables, version};

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
    init_module: Some(init_module),
    // SAFETY: all callbacks are made for `Pta`.
    ..unsafe { define(&MODULE_CONTEXT, &directives::table()) }
};

handler! { fn create_main_conf(cf) -> conf = create_main(CreateMainConf, Pta, new_main_conf) }
handler! { fn create_loc_conf(cf) -> conf = create_loc(CreateLocConf, Pta, LocConf::new) }
handler! { fn merge_loc_conf(cf, parent, child) = merge(MergeLocConf, Pta, merge) }
handler! { fn preconfiguration(cf) = preconfiguration(Preconfiguration, register_variables) }
handler! { fn postconfiguration(cf) = postconfiguration(Postconfiguration, register_phases) }
handler! {
    /// nginx calls this in the master for each new configuration.
    fn init_module(cycle) = init_module(InitModule, start)
}

fn new_main_conf(_: Conf<'_>) -> MainConf {
    // SAFETY: nginx has given the module its index, and this is its first callback.
    unsafe { Pta::stored_index().set((&raw const ngx_http_pta_module.ctx_index).read()) };
    MainConf::default()
}

fn merge(merging: &Merging<'_, Pta>, parent: &LocConf, child: &mut LocConf) -> Result<(), Logged> {
    child.merge(parent, merging)?;
    // SAFETY: `child` is an exclusive reference and has just been merged with `parent`.
    unsafe { parent.note_block(NonNull::from(child)) };
    Ok(())
}

fn register_variables(cf: Conf<'_>) -> Result<(), Logged> {
    variables::register(cf)?;
    issue::register(cf)?;
    file_mtime::register(cf)?;
    version::register(cf)
}

fn register_phases(cf: Postconf<'_>) -> Result<(), Logged> {
    let main = MainConf::find(*cf)?;
    main.refuse_unused_redirects(*cf)?;
    if !main.enabled_somewhere() {
        return Ok(());
    }
    regex_warning::warn(cf);
    // nginx runs the handler that was registered last first. In PRECONTENT, the handler of `access`
    // must run before that of `accel_redirect`.
    rewrite::register(cf, main)?;
    accel_redirect::register(cf, main)?;
    access::register(cf, main)
}

fn start(cycle: NewCycle<'_>) {
    version::log(cycle);
    rewrite::run_first(cycle);
    access::run_first(cycle);
}
