//! The phases of a request, and the handlers in them.

pub(crate) mod first;
pub(crate) mod server_rewrite;

use core::slice;

use nginx_sys::{ngx_array_push, ngx_array_t, ngx_http_handler_pt, ngx_http_phase_t, ngx_http_phases};
pub(crate) use nginx_sys::{
    ngx_http_phases_NGX_HTTP_ACCESS_PHASE as ACCESS_PHASE, ngx_http_phases_NGX_HTTP_LOG_PHASE as LOG_PHASE,
    ngx_http_phases_NGX_HTTP_PRECONTENT_PHASE as PRECONTENT_PHASE,
    ngx_http_phases_NGX_HTTP_REWRITE_PHASE as REWRITE_PHASE,
    ngx_http_phases_NGX_HTTP_SERVER_REWRITE_PHASE as SERVER_REWRITE_PHASE,
};

use crate::nginx::conf::{Logged, Postconf, log};
use crate::nginx::fault::{self, Stage};
use crate::nginx::handler::RequestHandler;

/// The position of a handler in its phase. nginx runs the handler that was registered last first.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    BeforeOthers,
    AfterOthers,
}

pub(crate) fn add(
    cf: Postconf<'_>,
    phase: ngx_http_phases,
    order: Order,
    handler: RequestHandler,
) -> Result<(), Logged> {
    // SAFETY: nginx sets up the phases before postconfiguration.
    unsafe {
        let phases = &mut (*cf.core_main_conf()).phases;
        phases.get_mut(phase as usize).and_then(|phase| push(cf, phase, order, handler)).ok_or_else(|| {
            log(*cf, format_args!("pta: could not add a handler to the {} phase", name(phase)))
        })
    }
}

fn name(phase: ngx_http_phases) -> &'static str {
    match phase {
        SERVER_REWRITE_PHASE => "server rewrite",
        REWRITE_PHASE => "rewrite",
        ACCESS_PHASE => "access",
        LOG_PHASE => "log",
        _ => "precontent",
    }
}

/// # Safety
///
/// `phase` must be one of the phases of `cf`.
unsafe fn push(
    cf: Postconf<'_>,
    phase: &mut ngx_http_phase_t,
    order: Order,
    handler: RequestHandler,
) -> Option<()> {
    let handlers: *mut ngx_array_t = &raw mut phase.handlers;
    // SAFETY: nginx has initialised the array, and its elements are handlers. ngx_array_push may
    // move them, so `elts` is read after it.
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
