//! Makes a handler the first of its phase.
//!
//! nginx runs the handlers of a phase in the reverse order of their registration, so the handlers
//! of a module that is loaded after this one run first. That is fine if the order only decides
//! which module refuses a request. But two handlers must run before another module redirects the
//! request:
//!
//! - The one that notes that a protected location is entered. Otherwise the request leaves the
//!   location without a check.
//! - The one that notes that another module has let a request in. Otherwise, with
//!   `recursive_error_pages`, the redirect looks like the error page of a refusal.

use core::{ptr, slice};

use nginx_sys::ngx_http_phase_handler_t;

use crate::nginx::cycle::NewCycle;
use crate::nginx::handler::RequestHandler;
use crate::nginx::http_module::Core;

/// Moves `handler` before the others of its phase, if it is registered.
pub(crate) fn run_first(cycle: NewCycle<'_>, handler: RequestHandler) {
    // SAFETY: no other reference to the list exists at the same time.
    let Some(handlers) = (unsafe { handlers(cycle) }) else { return };
    let is_handler = |element: &ngx_http_phase_handler_t| {
        element.handler.is_some_and(|found| ptr::fn_addr_eq(found, handler))
    };
    let Some(at) = handlers.iter().position(is_handler) else { return };
    // nginx gives all handlers of a phase the same `next`.
    let next = handlers.get(at).map(|element| element.next);
    let first = handlers.iter().position(|element| Some(element.next) == next);
    if let Some(handlers) = first.and_then(|first| handlers.get_mut(first..=at)) {
        handlers.rotate_right(1);
    }
}

/// The handlers of all phases, in the order in which nginx runs them.
///
/// # Safety
///
/// Nothing else may refer to the list.
unsafe fn handlers(cycle: NewCycle<'_>) -> Option<&mut [ngx_http_phase_handler_t]> {
    let first = cycle.main_conf::<Core>()?.phase_engine.handlers;
    if first.is_null() {
        return None;
    }
    // SAFETY: nginx has read the http block completely and built the list. No request runs yet.
    unsafe {
        // The list ends with an incomplete element. Only its first member exists, and is NULL.
        let mut len = 0_usize;
        while (&raw const (*first.add(len)).checker).read().is_some() {
            len = len.saturating_add(1);
        }
        Some(slice::from_raw_parts_mut(first, len))
    }
}
