//! `ngx_http_pta_filter_module`: hooks into the output of responses, and nothing else. The module
//! has no directives. It is separate so that nginx can place it among its own filters (see
//! module.rs), while `ngx_http_pta_module` keeps its place. Its configuration keeps the filters of
//! all our modules in the chains when nginx refuses a configuration.

use crate::conf::definition::define;
use crate::conf::main::MainConf;
use crate::nginx::attempt::{Attempt, Needed};
use crate::nginx::body_filter::{BodyStep, Chain, NextBodyFilter};
use crate::nginx::conf::{Conf, Logged, Postconf};
use crate::nginx::handler::handler;
use crate::nginx::header_filter::{HeaderStep, NextHeaderFilter};
use crate::nginx::http_module::{HasMainConf, own_module};
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::{cache_control, once, playlist, set_cookie};

own_module! {
    /// Stands for the module.
    enum Filter {}
}

// SAFETY: `define!` makes the module create this type.
unsafe impl HasMainConf for Filter {
    type MainConf = Attempt;
}

define! {
    ngx_http_pta_filter_module: Filter {
        create_main_conf: CreateFilterMainConf(begin),
        postconfiguration: FilterPostconfiguration(register),
        init_module: FilterInitModule(Attempt::accept),
    }
}

fn begin(cf: Conf<'_>) -> Attempt {
    Attempt::begin(
        cf,
        &[&NEEDED, &OTHERS_NEED, &BODY_NEEDED, &once::NEEDED, &playlist::NEEDED, &set_cookie::NEEDED],
    )
}

/// Whether a capability needs the filter in this configuration.
fn needs_header_filter(cf: Postconf<'_>) -> Result<bool, Logged> {
    // Each notes for itself whether it is needed, so all are asked.
    let others =
        [once::needs_header_filter(cf), set_cookie::needs_header_filter(cf), playlist::needs_filters(cf)];
    let others_need = others.contains(&true);
    if others_need {
        OTHERS_NEED.note();
    }
    Ok(others_need || cache_control::needs_header_filter(MainConf::find(*cf)?))
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
    /// The same if only `pta_cache_control` is needed. It takes fewer instructions.
    fn short_header_filter(request) = header_filter(HeaderFilter, cache_control::filter, &NEXT_HEADER_FILTER)
}
handler! {
    fn body_filter(request, chain) =
        body_filter(BodyFilter, filter_body, &NEXT_HEADER_FILTER, &NEXT_BODY_FILTER)
}

/// For the header filter. It is in the middle of the chain, so it must be there even if only the
/// configuration in use needs it, and not the one that nginx is reading.
static NEEDED: Needed = Needed::no();

/// The same for capabilities other than `pta_cache_control`.
static OTHERS_NEED: Needed = Needed::no();

/// For the body filter, which is in the middle, too.
static BODY_NEEDED: Needed = Needed::no();

fn register(cf: Postconf<'_>) -> Result<(), Logged> {
    if needs_header_filter(cf)? {
        NEEDED.note();
    }
    if NEEDED.get() {
        let filter = if OTHERS_NEED.get() { header_filter } else { short_header_filter };
        NEXT_HEADER_FILTER.put_first(cf, Some(filter));
    }
    if playlist::needs_filters(cf) {
        BODY_NEEDED.note();
    }
    if BODY_NEEDED.get() {
        NEXT_BODY_FILTER.put_first(cf, Some(body_filter));
    }
    Ok(())
}
