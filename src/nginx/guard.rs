//! The edge: no panic leaves the module, because unwinding into nginx would abort a worker with all its
//! connections, or the master during a reload.

use core::any::Any;
use core::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::Once;

use nginx_sys::{NGX_LOG_ALERT, ngx_cycle, ngx_http_request_t, ngx_int_t, ngx_log_t};
use ngx::core::Status;
use ngx::http::HTTPStatus;
use ngx::ngx_log_error;

use crate::nginx::callback::Callback;
use crate::nginx::fault;
use crate::nginx::request::Request;

/// Runs `body` for an entry that concerns no request, or has no status to answer it with; a panic becomes a line in
/// the error log and `fallback`.
pub(crate) fn value<T>(entry: Callback, fallback: T, body: impl FnOnce() -> T) -> T {
    keep_stderr_clean();
    let body = || {
        fault::at_entry(entry);
        body()
    };
    // What a panic may leave half done is dropped with the configuration that is being read.
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| {
        // A configuration is dropped when the files of its log are closed already.
        let log = if entry == Callback::DropConf {
            None
        } else {
            // SAFETY: nginx always has a current cycle with a log, at start-up a temporary one.
            Some(unsafe { (*ngx_cycle).log })
        };
        report(entry, log, panic.as_ref());
        fallback
    })
}

/// Runs `body` for a request in a phase handler; a panic becomes a line in the error log and status 500.
///
/// # Safety
///
/// `request` must be the request that nginx called the handler with.
pub(crate) unsafe fn request(
    entry: Callback,
    request: *mut ngx_http_request_t,
    body: impl for<'r> FnOnce(Request<'r>) -> Status,
) -> ngx_int_t {
    // SAFETY: by this function's contract.
    unsafe { request_or(HTTPStatus::INTERNAL_SERVER_ERROR.into(), entry, request, body) }
}

/// Runs `body` for a request in a header filter. A panic is logged and closes the connection,
/// because nginx has begun to answer and accepts no other status.
///
/// # Safety
///
/// `request` must be the request that nginx called the filter with.
pub(crate) unsafe fn filter(
    entry: Callback,
    request: *mut ngx_http_request_t,
    body: impl for<'r> FnOnce(Request<'r>) -> Status,
) -> ngx_int_t {
    // SAFETY: by this function's contract.
    unsafe { request_or(Status::NGX_ERROR, entry, request, body) }
}

/// # Safety
///
/// `request` must be live.
#[inline]
unsafe fn request_or(
    fallback: Status,
    entry: Callback,
    request: *mut ngx_http_request_t,
    body: impl for<'r> FnOnce(Request<'r>) -> Status,
) -> ngx_int_t {
    // SAFETY: by this function's contract.
    let request = unsafe { Request::from_raw(request) };
    let body = || {
        fault::at_entry(entry);
        body(request)
    };
    // The state of a request is made of cells that are each valid at any time.
    let status = catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| {
        report(entry, Some(request.log()), panic.as_ref());
        fallback
    });
    status.0
}

thread_local! {
    /// The file and line of the last panic.
    static ORIGIN: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Rust would write a panic to stderr as well, which is the error log, but without date and level.
fn keep_stderr_clean() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        set_hook(Box::new(|info| {
            let origin = info.location().map(ToString::to_string).unwrap_or_default();
            ORIGIN.with(|last| last.replace(origin));
        }));
    });
}

#[cold]
fn report(entry: Callback, log: Option<*mut ngx_log_t>, panic: &(dyn Any + Send)) {
    let message = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    let origin = ORIGIN.take();
    match log {
        Some(log) => {
            ngx_log_error!(NGX_LOG_ALERT, log, "pta: panic in {entry:?} at {origin}: {message}");
        }
        // nginx sends it to the error log.
        None => eprintln!("nginx: [alert] pta: panic in {entry:?} at {origin}: {message}"),
    }
}
