//! The edge: no panic leaves the module, because unwinding into nginx would abort a worker with all its
//! connections, or the master during a reload.

use core::any::Any;
use core::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::Once;

use nginx_sys::{NGX_LOG_ALERT, ngx_cycle, ngx_log_t};
use ngx::core::Status;
use ngx::ngx_log_error;

use crate::nginx::callback::Callback;
use crate::nginx::fault;
use crate::nginx::memory::OutOfMemory;
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

/// Runs `body` for a request. A panic becomes a line in the error log and `fallback`. So does a
/// lack of memory, which nginx has logged.
#[inline]
pub(crate) fn request(
    entry: Callback,
    request: Request<'_>,
    fallback: Status,
    body: impl for<'r> FnOnce(Request<'r>) -> Result<Status, OutOfMemory>,
) -> Status {
    let body = || {
        fault::at_entry(entry);
        body(request)
    };
    // The state of a request is made of cells that are each valid at any time.
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(result) => result.unwrap_or(fallback),
        Err(panic) => {
            report_in_request(entry, request, panic);
            fallback
        }
    }
}

/// Takes the panic by value, which keeps registers free in the handlers.
#[cold]
#[inline(never)]
#[allow(clippy::needless_pass_by_value)]
fn report_in_request(entry: Callback, request: Request<'_>, panic: Box<dyn Any + Send>) {
    report(entry, Some(request.log()), panic.as_ref());
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
