//! Makes the functions that nginx calls from safe functions.
//!
//! `handler! { fn NAME(ARGUMENTS) = KIND(CALLBACK, BODY) }` defines the function `NAME`. It turns
//! nginx's pointers into references, calls the safe function `BODY` so that no panic leaves it, and
//! returns what nginx expects. The kinds are the functions below. The error log reports a panic
//! with the name `CALLBACK`.

use core::ffi::{c_char, c_void};
use core::ptr;

use nginx_sys::{ngx_chain_t, ngx_conf_t, ngx_cycle_t, ngx_http_request_t, ngx_int_t};
use ngx::core::Status;
use ngx::http::HTTPStatus;

use crate::nginx::body_filter::{BodyStep, Chain, NextBodyFilter};
use crate::nginx::callback::Callback;
use crate::nginx::conf::{CONF_ERROR, Conf, Logged, Merging, Postconf};
use crate::nginx::cycle::NewCycle;
use crate::nginx::guard;
use crate::nginx::header_filter::{HeaderStep, NextHeaderFilter};
use crate::nginx::http_module::{HasLocConf, HasMainConf};
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::nginx::shared_conf::Block;
use crate::nginx::unwritten::Unwritten;

macro_rules! handler {
    ($(#[$doc:meta])* $vis:vis fn $name:ident(request) = $kind:ident($callback:ident, $($arg:expr),+)) => {
        $(#[$doc])*
        $vis unsafe extern "C" fn $name(request: *mut nginx_sys::ngx_http_request_t) -> nginx_sys::ngx_int_t {
            let callback = $crate::nginx::callback::Callback::$callback;
            // SAFETY: nginx calls this for a request, as a function of this kind.
            unsafe { $crate::nginx::handler::$kind(callback, request, $($arg),+) }
        }
    };
    (
        $(#[$doc:meta])*
        $vis:vis fn $name:ident(request, chain) = body_filter($callback:ident, $($arg:expr),+)
    ) => {
        $(#[$doc])*
        $vis unsafe extern "C" fn $name(
            request: *mut nginx_sys::ngx_http_request_t,
            chain: *mut nginx_sys::ngx_chain_t,
        ) -> nginx_sys::ngx_int_t {
            let callback = $crate::nginx::callback::Callback::$callback;
            // SAFETY: nginx calls this as a body filter.
            unsafe { $crate::nginx::handler::body_filter(callback, request, chain, $($arg),+) }
        }
    };
    ($(#[$doc:meta])* $vis:vis fn $name:ident(cf) = $kind:ident($callback:ident, $body:expr)) => {
        $(#[$doc])*
        $vis unsafe extern "C" fn $name(cf: *mut nginx_sys::ngx_conf_t) -> nginx_sys::ngx_int_t {
            let callback = $crate::nginx::callback::Callback::$callback;
            // SAFETY: nginx calls this as a callback of an HTTP module, of this kind.
            unsafe { $crate::nginx::handler::$kind(callback, cf, $body) }
        }
    };
    (
        $(#[$doc:meta])*
        $vis:vis fn $name:ident(cf) -> conf = $kind:ident($callback:ident, $module:ty, $body:expr)
    ) => {
        $(#[$doc])*
        $vis unsafe extern "C" fn $name(cf: *mut nginx_sys::ngx_conf_t) -> *mut core::ffi::c_void {
            let callback = $crate::nginx::callback::Callback::$callback;
            // SAFETY: nginx calls this as a create callback of the module, of this kind.
            unsafe { $crate::nginx::handler::$kind::<$module>(callback, cf, $body) }
        }
    };
    (
        $(#[$doc:meta])*
        $vis:vis fn $name:ident(cf, parent, child) = $kind:ident($callback:ident, $module:ty, $body:expr)
    ) => {
        $(#[$doc])*
        $vis unsafe extern "C" fn $name(
            cf: *mut nginx_sys::ngx_conf_t,
            parent: *mut core::ffi::c_void,
            child: *mut core::ffi::c_void,
        ) -> *mut core::ffi::c_char {
            let callback = $crate::nginx::callback::Callback::$callback;
            // SAFETY: nginx calls this as the module's merge_loc_conf.
            unsafe { $crate::nginx::handler::$kind::<$module>(callback, cf, parent, child, $body) }
        }
    };
    ($(#[$doc:meta])* $vis:vis fn $name:ident(cycle) = init_module($callback:ident, $body:expr)) => {
        $(#[$doc])*
        $vis unsafe extern "C" fn $name(cycle: *mut nginx_sys::ngx_cycle_t) -> nginx_sys::ngx_int_t {
            let callback = $crate::nginx::callback::Callback::$callback;
            // SAFETY: nginx calls this as a module's init_module.
            unsafe { $crate::nginx::handler::init_module(callback, cycle, $body) }
        }
    };
}
pub(crate) use handler;

/// A function that [`handler`] makes for a request.
pub(crate) type RequestHandler = unsafe extern "C" fn(*mut ngx_http_request_t) -> ngx_int_t;

/// A phase handler. A panic ends the request with status 500, as does a lack of memory.
///
/// # Safety
///
/// nginx must have called the handler with `request`.
pub(crate) unsafe fn phase(
    callback: Callback,
    request: *mut ngx_http_request_t,
    body: impl for<'r> FnOnce(Request<'r>) -> Result<Status, OutOfMemory>,
) -> ngx_int_t {
    // SAFETY: by this function's contract.
    let request = unsafe { Request::from_raw(request) };
    guard::request(callback, request, HTTPStatus::INTERNAL_SERVER_ERROR.into(), body).0
}

/// A phase handler that has nothing to do for most requests: nginx goes on with those for which
/// `is_skipped`, which must not panic. For them, it takes few instructions.
///
/// # Safety
///
/// nginx must have called the handler with `request`.
#[inline]
pub(crate) unsafe fn phase_unless(
    callback: Callback,
    request: *mut ngx_http_request_t,
    is_skipped: impl for<'r> FnOnce(Request<'r>) -> bool,
    body: impl for<'r> FnOnce(Request<'r>) -> Result<Status, OutOfMemory>,
) -> ngx_int_t {
    // SAFETY: by this function's contract.
    if is_skipped(unsafe { Request::from_raw(request) }) {
        return Status::NGX_DECLINED.0;
    }
    // SAFETY: by this function's contract.
    unsafe { phase_for_few(callback, request, body) }
}

/// Neither inlined nor unwinding, so that the handler needs no stack frame for the requests that it
/// skips.
///
/// # Safety
///
/// As for [`phase`].
#[inline(never)]
#[allow(improper_ctypes_definitions)] // only Rust calls it
unsafe extern "C" fn phase_for_few(
    callback: Callback,
    request: *mut ngx_http_request_t,
    body: impl for<'r> FnOnce(Request<'r>) -> Result<Status, OutOfMemory>,
) -> ngx_int_t {
    // SAFETY: by this function's contract.
    unsafe { phase(callback, request, body) }
}

/// A content handler that sends its answer itself. If it has none, or after a panic, or without
/// memory, `fallback` answers.
///
/// # Safety
///
/// nginx must have called the handler with `request`.
pub(crate) unsafe fn content(
    callback: Callback,
    request: *mut ngx_http_request_t,
    body: impl for<'r> FnOnce(Request<'r>) -> Result<Option<Status>, OutOfMemory>,
    fallback_callback: Callback,
    fallback: impl for<'r> FnOnce(Request<'r>) -> Status,
) -> ngx_int_t {
    // SAFETY: by this function's contract.
    let request = unsafe { Request::from_raw(request) };
    let answered = guard::request(callback, request, None, body);
    let answer =
        || guard::request(fallback_callback, request, Status::NGX_ERROR, |request| Ok(fallback(request)));
    answered.unwrap_or_else(answer).0
}

/// A header filter. A panic closes the connection, as does a lack of memory: nginx has begun to
/// answer and accepts no other status.
///
/// # Safety
///
/// nginx must have called the filter with `request`.
pub(crate) unsafe fn header_filter(
    callback: Callback,
    request: *mut ngx_http_request_t,
    body: impl for<'r> FnOnce(Request<'r>) -> Result<(), OutOfMemory>,
    next: &NextHeaderFilter,
) -> ngx_int_t {
    // SAFETY: by this function's contract.
    let request = unsafe { Request::from_raw(request) };
    let status = guard::request(callback, request, Status::NGX_ERROR, |request| {
        body(request).map(|()| Status::NGX_OK)
    });
    if status == Status::NGX_OK { next.call(request) } else { status.0 }
}

/// A header filter that may hold or replace the response. A panic or a lack of memory closes the
/// connection.
///
/// # Safety
///
/// nginx must have called the filter with `request`.
pub(crate) unsafe fn holding_header_filter(
    callback: Callback,
    request: *mut ngx_http_request_t,
    body: impl for<'r> FnOnce(Request<'r>) -> Result<HeaderStep, OutOfMemory>,
    next: &NextHeaderFilter,
) -> ngx_int_t {
    // SAFETY: by this function's contract.
    let request = unsafe { Request::from_raw(request) };
    guard::request(callback, request, HeaderStep::Close, body).take(request, next)
}

/// A body filter. A panic or a lack of memory closes the connection.
///
/// # Safety
///
/// nginx must have called the filter with `request` and `chain`.
pub(crate) unsafe fn body_filter(
    callback: Callback,
    request: *mut ngx_http_request_t,
    chain: *mut ngx_chain_t,
    body: impl for<'r> FnOnce(Request<'r>, Chain<'r>) -> Result<BodyStep<'r>, OutOfMemory>,
    next_header: &NextHeaderFilter,
    next: &NextBodyFilter,
) -> ngx_int_t {
    // SAFETY: by this function's contract.
    let (request, chain) = unsafe { (Request::from_raw(request), Chain::from_raw(chain)) };
    let step = guard::request(callback, request, BodyStep::Close, |request| body(request, chain));
    step.take(request, chain, next_header, next)
}

/// Runs before nginx reads the http block. An error ends the reading.
///
/// # Safety
///
/// nginx must have called the preconfiguration callback with `cf`.
pub(crate) unsafe fn preconfiguration(
    callback: Callback,
    cf: *mut ngx_conf_t,
    body: impl for<'c> FnOnce(Conf<'c>) -> Result<(), Logged>,
) -> ngx_int_t {
    // SAFETY: by this function's contract.
    let cf = unsafe { Conf::from_raw(cf) };
    guard::value(callback, Status::NGX_ERROR, || status(&body(cf))).0
}

/// Runs after nginx has read the http block. An error makes it refuse the configuration.
///
/// # Safety
///
/// nginx must have called the postconfiguration callback with `cf`.
pub(crate) unsafe fn postconfiguration(
    callback: Callback,
    cf: *mut ngx_conf_t,
    body: impl for<'c> FnOnce(Postconf<'c>) -> Result<(), Logged>,
) -> ngx_int_t {
    // SAFETY: by this function's contract.
    let cf = unsafe { Postconf::from_raw(cf) };
    guard::value(callback, Status::NGX_ERROR, || status(&body(cf))).0
}

fn status(result: &Result<(), Logged>) -> Status {
    if result.is_ok() { Status::NGX_OK } else { Status::NGX_ERROR }
}

/// Creates a module's configuration of the http block.
///
/// # Safety
///
/// nginx must have called the create_main_conf of the module `M` with `cf`.
pub(crate) unsafe fn create_main<M: HasMainConf>(
    callback: Callback,
    cf: *mut ngx_conf_t,
    body: impl for<'c> FnOnce(Conf<'c>) -> M::MainConf,
) -> *mut c_void {
    // SAFETY: by this function's contract.
    unsafe { create(callback, cf, body) }
}

/// Creates a module's configuration of a location.
///
/// # Safety
///
/// nginx must have called the create_loc_conf of the module `M` with `cf`.
pub(crate) unsafe fn create_loc<M: HasLocConf>(
    callback: Callback,
    cf: *mut ngx_conf_t,
    body: impl for<'c> FnOnce(Conf<'c>) -> M::LocConf,
) -> *mut c_void {
    // SAFETY: by this function's contract.
    unsafe { create(callback, cf, body) }
}

/// The same, if blocks share configurations. It takes no memory.
///
/// # Safety
///
/// nginx must have called the create_loc_conf of the module `M`.
pub(crate) unsafe fn create_shared<M: HasLocConf>(
    callback: Callback,
    _: *mut ngx_conf_t,
    (): (),
) -> *mut c_void {
    const { assert!(M::UNWRITTEN.is_some()) };
    guard::value(callback, ptr::null_mut(), || M::UNWRITTEN.map_or(ptr::null_mut(), Unwritten::as_ptr).cast())
}

/// # Safety
///
/// nginx must have called a create callback with `cf`.
unsafe fn create<T>(
    callback: Callback,
    cf: *mut ngx_conf_t,
    body: impl for<'c> FnOnce(Conf<'c>) -> T,
) -> *mut c_void {
    // SAFETY: by this function's contract.
    let cf = unsafe { Conf::from_raw(cf) };
    guard::value(callback, ptr::null_mut(), || cf.allocate(body(cf)).cast())
}

/// Merges the configuration of a location with the one around it.
///
/// # Safety
///
/// nginx must have called the merge_loc_conf of the module `M` with these arguments.
pub(crate) unsafe fn merge<M: HasLocConf>(
    callback: Callback,
    cf: *mut ngx_conf_t,
    parent: *mut c_void,
    child: *mut c_void,
    body: impl FnOnce(&Merging<'_, M>, &M::LocConf, &mut M::LocConf) -> Result<(), Logged>,
) -> *mut c_char {
    const { assert!(M::UNWRITTEN.is_none()) };
    // SAFETY: by this function's contract. The module has created both, and nginx never merges one
    // into itself.
    let (merging, parent, child) = unsafe { (Merging::from_raw(cf), &*parent.cast(), &mut *child.cast()) };
    guard::value(callback, CONF_ERROR, || match body(&merging, parent, child) {
        Ok(()) => ptr::null_mut(),
        Err(Logged) => CONF_ERROR,
    })
}

/// The same, if blocks share configurations.
///
/// # Safety
///
/// As for [`merge`].
pub(crate) unsafe fn merge_shared<M: HasLocConf>(
    callback: Callback,
    cf: *mut ngx_conf_t,
    parent: *mut c_void,
    _: *mut c_void,
    body: impl FnOnce(&Merging<'_, M>, Block<'_, M>) -> Result<(), Logged>,
) -> *mut c_char {
    // SAFETY: by this function's contract.
    let (merging, block) = unsafe { (Merging::from_raw(cf), Block::from_raw(cf, parent.cast())) };
    guard::value(callback, CONF_ERROR, || match body(&merging, block) {
        Ok(()) => ptr::null_mut(),
        Err(Logged) => CONF_ERROR,
    })
}

/// Runs before nginx uses a new configuration. nginx exits if this fails, so it never fails.
///
/// # Safety
///
/// nginx must have called the init_module callback with `cycle`.
pub(crate) unsafe fn init_module(
    callback: Callback,
    cycle: *mut ngx_cycle_t,
    body: impl for<'c> FnOnce(NewCycle<'c>),
) -> ngx_int_t {
    // SAFETY: by this function's contract.
    let cycle = unsafe { NewCycle::from_raw(cycle) };
    guard::value(callback, (), || body(cycle));
    Status::NGX_OK.0
}
