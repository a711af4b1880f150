//! `ngx_http_pta_once_module`: a token allows one request.
//!
//! The check looks up whether a token has been used (`check::replay`). It is marked as used only when
//! all access modules have let the request in.

mod claim;
mod conf;
mod directives;
mod location;
mod release;

use nginx_sys::{ngx_http_module_t, ngx_module_t};

use crate::conf::table::define;
use crate::nginx::attempt::Needed;
use crate::nginx::conf::{Conf, Logged, Postconf};
use crate::nginx::cycle::NewCycle;
use crate::nginx::handler::handler;
use crate::nginx::headers;
use crate::nginx::http_module::OwnModule;
use crate::nginx::request::Request;
use crate::once::conf::{Once, OnceConf, OnceMain};
use crate::request::usage::Usage;

static MODULE_CONTEXT: ngx_http_module_t = ngx_http_module_t {
    preconfiguration: None,
    postconfiguration: Some(postconfiguration),
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
pub(crate) static mut ngx_http_pta_once_module: ngx_module_t = ngx_module_t {
    init_module: Some(init_module),
    // SAFETY: all callbacks are made for `Once`.
    ..unsafe { define(&MODULE_CONTEXT, &directives::table()) }
};

handler! { fn create_main_conf(cf) -> conf = create_main(CreateOnceMainConf, Once, new_main_conf) }
handler! { fn create_loc_conf(cf) -> conf = create_loc(CreateOnceConf, Once, |_| OnceConf::default()) }
handler! {
    fn merge_loc_conf(cf, parent, child) =
        merge(MergeOnceConf, Once, |merging, parent, child| child.merge(parent, merging))
}
handler! { fn postconfiguration(cf) = postconfiguration(OncePostconfiguration, register) }
handler! { fn init_module(cycle) = init_module(OnceInitModule, start) }

fn new_main_conf(_: Conf<'_>) -> OnceMain {
    // SAFETY: nginx has given the module its index, and this is its first callback.
    unsafe { Once::stored_index().set((&raw const ngx_http_pta_once_module.ctx_index).read()) };
    OnceMain::default()
}

fn register(cf: Postconf<'_>) -> Result<(), Logged> {
    conf::complete_zones(*cf)?;
    if !OnceMain::of(*cf).is_some_and(OnceMain::is_used) {
        return Ok(());
    }
    location::register(cf)?;
    claim::register(cf)?;
    release::register(cf)
}

fn start(cycle: NewCycle<'_>) {
    location::run_first(cycle);
}

/// For `release=error`.
pub(crate) static NEEDED: Needed = Needed::no();

/// Whether a location of this configuration needs [`note_answer`].
pub(crate) fn needs_header_filter(cf: Postconf<'_>) -> bool {
    let releases = OnceMain::of(*cf).is_some_and(OnceMain::releases);
    if releases {
        NEEDED.note();
    }
    releases
}

const BAD_REQUEST: usize = 400;

/// Notes whether the header that is being sent is no error.
#[inline]
pub(crate) fn note_answer(request: Request<'_>) {
    if NEEDED.get() && request.is_main() {
        if let Some(usage) = Usage::find(request) {
            usage.note_answer(headers::status(request) < BAD_REQUEST);
        }
    }
}
