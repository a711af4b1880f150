//! `ngx_http_pta_gate_module`: answers whether a token allows a request, so that `auth_request` or
//! another proxy can ask.

mod answer;
mod directive;
mod early_refusal;

use nginx_sys::{ngx_http_module_t, ngx_module_t};

use crate::conf::gate::{Gate, GateConf, GateMain};
use crate::conf::table::define;
use crate::nginx::conf::Conf;
use crate::nginx::handler::handler;
use crate::nginx::http_module::OwnModule;

static MODULE_CONTEXT: ngx_http_module_t = ngx_http_module_t {
    preconfiguration: None,
    postconfiguration: None,
    create_main_conf: Some(create_main_conf),
    init_main_conf: None,
    create_srv_conf: None,
    merge_srv_conf: None,
    create_loc_conf: Some(create_loc_conf),
    merge_loc_conf: Some(merge_loc_conf),
};

/// The module as nginx sees it. Mutable because nginx numbers its modules when it loads them.
#[allow(non_upper_case_globals)] // the name by which nginx places it
#[cfg_attr(not(test), used)]
pub(crate) static mut ngx_http_pta_gate_module: ngx_module_t = ngx_module_t {
    // SAFETY: all callbacks are made for `Gate`.
    ..unsafe { define(&MODULE_CONTEXT, &directive::table()) }
};

handler! { fn create_main_conf(cf) -> conf = create_main(CreateGateMainConf, Gate, new_main_conf) }
handler! { fn create_loc_conf(cf) -> conf = create_loc(CreateGateConf, Gate, |_| GateConf::default()) }
handler! { fn merge_loc_conf(cf, parent, child) = merge(MergeGateConf, Gate, directive::merge) }

fn new_main_conf(_: Conf<'_>) -> GateMain {
    // SAFETY: nginx has given the module its index, and this is its first callback.
    unsafe { Gate::stored_index().set((&raw const ngx_http_pta_gate_module.ctx_index).read()) };
    GateMain::default()
}
