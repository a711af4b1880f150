//! `pta_accel_redirect`: nginx redirects internally to the path in the token, which is not compared
//! with the requested path. So the client never sees the real path.

use nginx_sys::{ngx_http_internal_redirect, ngx_str_t};
use ngx::core::Status;
use ngx::http::HTTPStatus;

use crate::conf::LocConf;
use crate::conf::main::MainConf;
use crate::nginx::conf::{Logged, Postconf};
use crate::nginx::handler::handler;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::phases::{self, Order, PRECONTENT_PHASE};
use crate::nginx::request::Request;
use crate::nginx::text::str_of;
use crate::request::record::Record;

pub(crate) fn register(cf: Postconf<'_>, main: &MainConf) -> Result<(), Logged> {
    if main.redirects() {
        phases::add(cf, PRECONTENT_PHASE, Order::BeforeOthers, handler)?;
    }
    Ok(())
}

handler! {
    /// PRECONTENT phase, like `try_files`. In the access phase, the redirect would skip `deny`,
    /// `auth_basic` and `auth_request` of the same location.
    fn handler(request) = phase(AccelRedirect, redirect)
}

fn redirect(request: Request<'_>) -> Result<Status, OutOfMemory> {
    let conf = LocConf::of(request);
    if !request.is_main() || !conf.redirects() {
        return Ok(Status::NGX_DECLINED);
    }
    let Some((record, outcome)) = Record::find(request).and_then(|record| Some((record, record.outcome()?)))
    else {
        return Ok(Status::NGX_DECLINED);
    };
    let Some(path) = outcome.target() else {
        // A dry run lets every request pass. If another module let the request in without a valid
        // token, there is no path to redirect to.
        if conf.policy().is_dry_run() {
            return Ok(Status::NGX_DECLINED);
        }
        record.cache_mark().refuse(conf.policy().cache_control());
        return Ok(HTTPStatus::FORBIDDEN.into());
    };
    let path = literal_path(request, path)?;
    let mut uri = ngx_str_t { len: path.len(), data: path.as_ptr().cast_mut() };
    let mut args = str_of(request.args());
    record.follow_token(conf);
    // SAFETY: the request is live, and the strings are in its pool. After this, the handler only
    // finalizes the request.
    unsafe { ngx_http_internal_redirect(request.as_ptr(), &raw mut uri, &raw mut args) };
    // As `try_files` does, because ngx_http_internal_redirect has increased `r->main->count`.
    request.finalize_with(Status::NGX_DONE);
    Ok(Status::NGX_DONE)
}

/// The path that a pattern without a wildcard allows, with slashes merged. It is decoded text, so
/// `%` and `?` are literal.
fn literal_path<'r>(request: Request<'r>, path: &[u8]) -> Result<&'r [u8], OutOfMemory> {
    let memory = request.allocate_bytes(path.len())?;
    let mut len = 0_usize;
    let mut bytes = path.iter().copied().peekable();
    let mut last = 0;
    while let Some(byte) = bytes.next() {
        let escapes = byte == b'\\' && bytes.peek() == Some(&b'*');
        if escapes || (byte == b'/' && last == b'/') {
            continue;
        }
        if let Some(slot) = memory.get_mut(len) {
            *slot = byte;
            len = len.saturating_add(1);
        }
        last = byte;
    }
    Ok(memory.get(..len).unwrap_or_default())
}
