//! `ngx_http_pta_filter_module`: hooks into the output of responses, and nothing else. The module
//! has no directives. It is separate so that nginx can place it among its own filters (see
//! module.rs), while `ngx_http_pta_module` keeps its place.

use core::sync::atomic::{AtomicBool, Ordering};

use nginx_sys::{NGX_HTTP_MODULE, ngx_http_module_t, ngx_module_t, ngx_uint_t};

use crate::conf::main::MainConf;
use crate::nginx::body_filter::{BodyStep, Chain, NextBodyFilter};
use crate::nginx::conf::{Logged, Postconf};
use crate::nginx::handler::handler;
use crate::nginx::header_filter::{HeaderStep, NextHeaderFilter};
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::{cache_control, once, playlist, set_cookie};

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

/// Whether a capability needs the filter in this configuration.
fn needs_header_filter(cf: Postconf<'_>) -> Result<bool, Logged> {
    // Each notes for itself whether it is needed, so all are asked.
    let needed = [
        once::needs_header_filter(cf),
        set_cookie::needs_header_filter(cf),
        cache_control::needs_header_filter(MainConf::find(*cf)?),
        playlist::needs_filters(cf),
    ];
    Ok(needed.contains(&true))
}

/// Lets the capabilities change the headers of a response, in their order of precedence.
fn filter_headers(request: Request<'_>) -> Result<HeaderStep, OutOfMemory> {
    // Neither changes a refusal. After `private` for a new cookie, cache_control has nothing to do.
    set_cookie::filter(request)?;
    cache_control::filter(request)?;
    // A playlist gets headers of its own when it is complete.
    let step = playlist::hold(request)?;
    if matches!(step, HeaderStep::PassOn) {
        once::note_answer(request);
    }
    Ok(step)
}

fn filter_body<'r>(request: Request<'r>, chain: Chain<'r>) -> Result<BodyStep<'r>, OutOfMemory> {
    let step = playlist::filter_body(request, chain)?;
    if matches!(step, BodyStep::Release | BodyStep::Send(_)) {
        once::note_answer(request);
    }
    Ok(step)
}

static NEXT_HEADER_FILTER: NextHeaderFilter = NextHeaderFilter::unknown();
static NEXT_BODY_FILTER: NextBodyFilter = NextBodyFilter::unknown();

handler! {
    fn header_filter(request) = holding_header_filter(HeaderFilter, filter_headers, &NEXT_HEADER_FILTER)
}
handler! {
    fn body_filter(request, chain) =
        body_filter(BodyFilter, filter_body, &NEXT_HEADER_FILTER, &NEXT_BODY_FILTER)
}

/// Whether any configuration of this process has needed the filter. A process has one chain of
/// filters, that of the configuration read last. If nginx refuses that configuration, workers
/// started for the old one still use the new chain.
static IS_NEEDED: AtomicBool = AtomicBool::new(false);

/// As `IS_NEEDED`, for the body filter.
static IS_BODY_NEEDED: AtomicBool = AtomicBool::new(false);

handler! { fn postconfiguration(cf) = postconfiguration(FilterPostconfiguration, register) }

fn register(cf: Postconf<'_>) -> Result<(), Logged> {
    if needs_header_filter(cf)? {
        IS_NEEDED.store(true, Ordering::Relaxed);
    }
    if IS_NEEDED.load(Ordering::Relaxed) {
        NEXT_HEADER_FILTER.put_first(cf, Some(header_filter));
    }
    if playlist::needs_filters(cf) {
        IS_BODY_NEEDED.store(true, Ordering::Relaxed);
    }
    if IS_BODY_NEEDED.load(Ordering::Relaxed) {
        NEXT_BODY_FILTER.put_first(cf, Some(body_filter));
    }
    Ok(())
}
