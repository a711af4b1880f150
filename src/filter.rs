//! `ngx_http_pta_filter_module`: hooks into the output of responses, and nothing else. The module
//! has no directives. It is separate so that nginx can place it among its own filters (see
//! module.rs), while `ngx_http_pta_module` keeps its place. Its configuration keeps the filters of
//! all our modules in the chains when nginx refuses a configuration.

use nginx_sys::{NGX_HTTP_MODULE, ngx_http_module_t, ngx_module_t, ngx_uint_t};

use crate::conf::main::MainConf;
use crate::nginx::attempt::{Attempt, Needed};
use crate::nginx::body_filter::{BodyStep, Chain, NextBodyFilter};
use crate::nginx::conf::{Conf, Logged, Postconf};
use crate::nginx::handler::handler;
use crate::nginx::header_filter::{HeaderStep, NextHeaderFilter};
use crate::nginx::http_module::{HasMainConf, OwnModule, StoredIndex};
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::{cache_control, once, playlist, set_cookie};

static MODULE_CONTEXT: ngx_http_module_t = ngx_http_module_t {
    preconfiguration: None,
    postconfiguration: Some(postconfiguration),
    create_main_conf: Some(create_main_conf),
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
    init_module: Some(init_module),
    ..ngx_module_t::default()
};

/// Stands for the module.
enum Filter {}

static INDEX: StoredIndex = StoredIndex::unknown();

// SAFETY: only this module uses the static.
unsafe impl OwnModule for Filter {
    fn stored_index() -> &'static StoredIndex {
        &INDEX
    }
}

// SAFETY: `create_main_conf` of the module creates this type.
unsafe impl HasMainConf for Filter {
    type MainConf = Attempt;
}

handler! { fn create_main_conf(cf) -> conf = create_main(CreateFilterMainConf, Filter, new_main_conf) }
handler! { fn init_module(cycle) = init_module(FilterInitModule, Attempt::accept) }

fn new_main_conf(cf: Conf<'_>) -> Attempt {
    // SAFETY: nginx has given the module its index, and this is its first callback.
    unsafe { Filter::stored_index().set((&raw const ngx_http_pta_filter_module.ctx_index).read()) };
    let needed = [&NEEDED, &BODY_NEEDED, &once::NEEDED, &playlist::NEEDED, &set_cookie::NEEDED];
    Attempt::begin(cf, &needed)
}

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

/// For the header filter. It is in the middle of the chain, so it must be there even if only the
/// configuration in use needs it, and not the one that nginx is reading.
static NEEDED: Needed = Needed::no();

/// For the body filter, which is in the middle, too.
static BODY_NEEDED: Needed = Needed::no();

handler! { fn postconfiguration(cf) = postconfiguration(FilterPostconfiguration, register) }

fn register(cf: Postconf<'_>) -> Result<(), Logged> {
    if needs_header_filter(cf)? {
        NEEDED.note();
    }
    if NEEDED.get() {
        NEXT_HEADER_FILTER.put_first(cf, Some(header_filter));
    }
    if playlist::needs_filters(cf) {
        BODY_NEEDED.note();
    }
    if BODY_NEEDED.get() {
        NEXT_BODY_FILTER.put_first(cf, Some(body_filter));
    }
    Ok(())
}
