//! `pta_cache_control`: caches do not store refusals, and shared caches do not store what a cookie
//! has allowed.

mod headers;

use crate::cache_control::headers::{decides, is_cache_header};
use crate::conf::main::MainConf;
use crate::nginx::headers as response;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::request::cache_mark::CacheRule;
use crate::request::record::Record;

/// Whether a location of this configuration needs [`filter`].
pub(crate) fn needs_header_filter(main: &MainConf) -> bool {
    main.controls_caches()
}

/// Header filter. nginx runs it a second time if it answers 416 or if a filter finds an error. The
/// headers then contain what the first run added, and the result is the same.
pub(crate) fn filter(request: Request<'_>) -> Result<(), OutOfMemory> {
    if !request.is_main() {
        return Ok(());
    }
    // The context may be missing: nginx clears contexts if a filter fails, for example with 416.
    match Record::peek(request).and_then(|record| record.cache_mark().rule()) {
        None => Ok(()),
        Some(CacheRule::NoStore) => set_no_store(request),
        Some(CacheRule::Private) => add_private(request),
    }
}

#[cold]
fn set_no_store(request: Request<'_>) -> Result<(), OutOfMemory> {
    for line in response::lines(request) {
        if is_cache_header(line.name()) {
            line.remove();
        }
    }
    response::forget_cache_headers(request);
    add(request, b"no-store")
}

fn add_private(request: Request<'_>) -> Result<(), OutOfMemory> {
    if response::lines(request).any(|line| decides(line.name(), line.value())) {
        return Ok(());
    }
    add(request, b"private")
}

fn add(request: Request<'_>, value: &'static [u8]) -> Result<(), OutOfMemory> {
    response::add_cache_control(request, value)?;
    // nginx caches the variable's value if add_header has read it.
    if let Some(index) = MainConf::cached_variables(request).sent_cache_control {
        request.forget_variable(index);
    }
    Ok(())
}
