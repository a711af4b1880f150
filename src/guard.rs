//! The edge: no panic leaves the module, because unwinding into nginx would abort a worker with all its
//! connections, or the master during a reload.

use core::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use nginx_sys::{NGX_LOG_ALERT, ngx_cycle, ngx_http_request_t, ngx_int_t, ngx_log_t};
use ngx::core::Status;
use ngx::http::HTTPStatus;
use ngx::ngx_log_error;

use crate::ngx_ext::Request;

/// Runs `body` for an entry that concerns no request; a panic becomes a line in the error log and `fallback`.
pub(crate) fn value<T>(fallback: T, body: impl FnOnce() -> T) -> T {
    // What a panic may leave half done is dropped with the configuration that is being read.
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| {
        // SAFETY: nginx always has a current cycle with a log, at start-up a temporary one.
        report(unsafe { (*ngx_cycle).log }, panic.as_ref());
        fallback
    })
}

/// Runs `body` for a request in a phase handler; a panic becomes a line in the error log and status 500.
///
/// # Safety
///
/// `request` must be the request that nginx called the handler with.
pub(crate) unsafe fn request(
    request: *mut ngx_http_request_t,
    body: impl for<'r> FnOnce(Request<'r>) -> Status,
) -> ngx_int_t {
    // SAFETY: by this function's contract.
    let request = unsafe { Request::from_raw(request) };
    // The state of a request is made of cells that are each valid at any time.
    let status = catch_unwind(AssertUnwindSafe(|| body(request))).unwrap_or_else(|panic| {
        report(request.log(), panic.as_ref());
        HTTPStatus::INTERNAL_SERVER_ERROR.into()
    });
    status.0
}

#[cold]
fn report(log: *mut ngx_log_t, panic: &(dyn Any + Send)) {
    let message = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    ngx_log_error!(NGX_LOG_ALERT, log, "pta: panic: {message}");
}
