//! `pta_cache_control`: a refusal is not stored, and what a cookie has allowed is not stored for others.

use crate::cache_directives::{decides, is_cache_header};
use crate::cache_mark::CacheRule;
use crate::headers;
use crate::main_conf::MainConf;
use crate::ngx_ext::{OutOfMemory, Request};
use crate::record::Record;

/// Header filter. nginx runs it a second time when it answers 416 or an error found by a filter: what the first run
/// has done is found in the headers then.
pub(crate) fn filter(request: Request<'_>) -> Result<(), OutOfMemory> {
    if !request.is_main() {
        return Ok(());
    }
    // Not by the context alone: nginx has cleared the contexts when a filter fails, as for 416.
    match Record::peek(request).and_then(|record| record.cache_mark().rule()) {
        None => Ok(()),
        Some(CacheRule::NoStore) => set_no_store(request),
        Some(CacheRule::Private) => add_private(request),
    }
}

#[cold]
fn set_no_store(request: Request<'_>) -> Result<(), OutOfMemory> {
    for line in headers::lines(request) {
        if is_cache_header(line.name()) {
            line.remove();
        }
    }
    headers::forget_cache_headers(request);
    add(request, b"no-store")
}

fn add_private(request: Request<'_>) -> Result<(), OutOfMemory> {
    if headers::lines(request).any(|line| decides(line.name(), line.value())) {
        return Ok(());
    }
    add(request, b"private")
}

fn add(request: Request<'_>, value: &'static [u8]) -> Result<(), OutOfMemory> {
    headers::add_cache_control(request, value)?;
    // nginx keeps what add_header may have read before.
    if let Some(index) = MainConf::cached_variables(request).sent_cache_control {
        request.forget_variable(index);
    }
    Ok(())
}
