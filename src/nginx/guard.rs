//! No panic leaves the module. Unwinding into nginx would abort a worker with all its connections,
//! or the master during a reload.

use core::any::Any;
use core::cell::RefCell;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::Once;

use nginx_sys::{NGX_LOG_ALERT, ngx_cycle, ngx_log_t};
use ngx::ngx_log_error;

use crate::nginx::callback::Callback;
use crate::nginx::fault;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;

/// Runs `body` for a callback that has no request, or that cannot end it with a status. Logs a
/// panic and returns `fallback` instead.
pub(crate) fn value<T>(callback: Callback, fallback: T, body: impl FnOnce() -> T) -> T {
    keep_stderr_clean();
    let body = || {
        fault::in_callback(callback);
        body()
    };
    // A panic may leave a configuration incomplete. nginx refuses and drops it.
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| {
        // nginx closes the log files of a configuration before it drops the configuration.
        let log = if callback == Callback::DropConf {
            None
        } else {
            // SAFETY: nginx always has a current cycle with a log. At start-up, it is a temporary
            // one.
            Some(unsafe { (*ngx_cycle).log })
        };
        report(callback, log, panic.as_ref());
        fallback
    })
}

/// Runs `body` for a request. Logs a panic and returns `fallback` instead. A lack of memory, which
/// nginx has logged, returns `fallback`, too.
#[inline]
pub(crate) fn request<'r, T>(
    callback: Callback,
    request: Request<'r>,
    fallback: T,
    body: impl FnOnce(Request<'r>) -> Result<T, OutOfMemory>,
) -> T {
    let body = || {
        fault::in_callback(callback);
        body(request)
    };
    // The state of a request consists of cells, each of which is valid at any time.
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(result) => result.unwrap_or(fallback),
        Err(panic) => {
            report_in_request(callback, request, panic);
            fallback
        }
    }
}

/// Takes the panic by value, which keeps registers free in the handlers.
#[cold]
#[inline(never)]
#[allow(clippy::needless_pass_by_value)]
fn report_in_request(callback: Callback, request: Request<'_>, panic: Box<dyn Any + Send>) {
    report(callback, Some(request.log()), panic.as_ref());
}

thread_local! {
    /// The file and line of the last panic.
    static ORIGIN: RefCell<String> = const { RefCell::new(String::new()) };
}

/// By default, Rust writes a panic to stderr, too. That is nginx's error log, and the line has no
/// date or level.
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
fn report(callback: Callback, log: Option<*mut ngx_log_t>, panic: &(dyn Any + Send)) {
    let message = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    let origin = ORIGIN.take();
    let Some(log) = log else {
        // nginx redirects stderr to the error log. `eprintln!` would panic if that cannot be written.
        let line = format!("nginx: [alert] pta: panic in {callback:?} at {origin}: {message}\n");
        let _ = io::stderr().write_all(line.as_bytes());
        return;
    };
    ngx_log_error!(NGX_LOG_ALERT, log, "pta: panic in {callback:?} at {origin}: {message}");
}
