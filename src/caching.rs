//! Reads and replaces the caching headers of a response.

mod headers;

use crate::caching::headers::{
    decides, forbids_storing, is_cache_control, is_cache_header, is_targeted, keeps_private,
};
use crate::conf::main::MainConf;
use crate::nginx::headers::{self as response, Line};
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;

/// Whether a header line already decides which caches may store the response.
pub(crate) fn is_decided(request: Request<'_>) -> bool {
    response::lines(request).any(|line| decides(line.name(), line.value()))
}

/// Replaces all headers that control caches with one Cache-Control. Keeps a line that says the same.
pub(crate) fn replace_all(request: Request<'_>, value: &'static [u8]) -> Result<(), OutOfMemory> {
    let mut is_kept = false;
    for line in response::lines(request).filter(|line| is_cache_header(line.name())) {
        if !is_kept && is_cache_control(line.name()) && line.value() == value {
            is_kept = true;
        } else {
            line.remove();
        }
    }
    response::forget_expires(request);
    if is_kept {
        return Ok(());
    }
    response::forget_cache_control(request);
    add(request, value)
}

/// Sets `Cache-Control: private`, unless the response already has `private`, `no-cache` or
/// `no-store`. No header for one kind of cache may overrule that.
pub(crate) fn keep_private(request: Request<'_>) -> Result<(), OutOfMemory> {
    for line in response::lines(request) {
        if is_targeted(line.name()) && !keeps_private(line.value()) {
            line.remove();
        }
    }
    if response::lines(request).any(|line| is_cache_control(line.name()) && keeps_private(line.value())) {
        return Ok(());
    }
    for line in response::lines(request) {
        if is_cache_control(line.name()) {
            line.remove();
        }
    }
    response::forget_cache_control(request);
    add(request, b"private")
}

/// Sets `Cache-Control: private, no-cache` in place of all headers that control caches. Keeps a
/// Cache-Control with `no-store`.
pub(crate) fn forbid_reuse(request: Request<'_>) -> Result<(), OutOfMemory> {
    let keeps = |line: &Line<'_>| is_cache_control(line.name()) && forbids_storing(line.value());
    if !response::lines(request).any(|line| keeps(&line)) {
        return replace_all(request, b"private, no-cache");
    }
    for line in response::lines(request) {
        if is_cache_header(line.name()) && !is_cache_control(line.name()) {
            line.remove();
        }
    }
    response::forget_expires(request);
    Ok(())
}

/// Adds a Cache-Control after the existing ones.
pub(crate) fn add(request: Request<'_>, value: &'static [u8]) -> Result<(), OutOfMemory> {
    response::add_cache_control(request, value)?;
    // nginx caches the variable's value if add_header has read it.
    if let Some(index) = MainConf::cached_variables(request).sent_cache_control {
        request.forget_variable(index);
    }
    Ok(())
}
