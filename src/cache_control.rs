//! `pta_cache_control`: caches do not store refusals, and shared caches do not store what a cookie
//! has allowed.

use crate::caching;
use crate::conf::main::MainConf;
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
#[inline]
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
#[inline(never)]
fn set_no_store(request: Request<'_>) -> Result<(), OutOfMemory> {
    caching::replace_all(request, b"no-store")
}

#[inline(never)] // keeps registers free for other requests
fn add_private(request: Request<'_>) -> Result<(), OutOfMemory> {
    if caching::is_decided(request) { Ok(()) } else { caching::add(request, b"private") }
}
