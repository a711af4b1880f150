//! `ngx_http_pta_set_cookie_module`: hands the token in a query over to the client as a cookie, for
//! what the response refers to.

mod conf;
mod cookie;
mod directive;
mod path;
mod redirect;

use nginx_sys::NGX_LOG_WARN;
use ngx::ngx_log_error;

use crate::caching;
use crate::conf::definition::define;
use crate::nginx::attempt::Needed;
use crate::nginx::conf::{Logged, Postconf};
use crate::nginx::headers;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::request::record::Record;
use crate::set_cookie::conf::{CookieConf, CookieMain, SetCookie};
use crate::set_cookie::cookie::Cookie;

define! {
    ngx_http_pta_set_cookie_module: SetCookie {
        create_main_conf: CreateCookieMainConf(|_| CookieMain::default()),
        create_loc_conf: CreateCookieConf(()) as create_shared,
        merge_loc_conf: MergeCookieConf(CookieConf::merge) as merge_shared,
        directives: directive::table(),
        postconfiguration: CookiePostconfiguration(register),
    }
}

fn register(cf: Postconf<'_>) -> Result<(), Logged> {
    if CookieMain::of(*cf).is_some_and(CookieMain::redirects) { redirect::register(cf) } else { Ok(()) }
}

pub(crate) static NEEDED: Needed = Needed::no();

/// Whether a location of this configuration needs [`filter`].
pub(crate) fn needs_header_filter(cf: Postconf<'_>) -> bool {
    let sets = CookieMain::of(*cf).is_some_and(CookieMain::sets);
    if sets {
        NEEDED.note();
    }
    sets
}

/// Header filter.
#[inline]
pub(crate) fn filter(request: Request<'_>) -> Result<(), OutOfMemory> {
    if NEEDED.get() && request.is_main() { set_cookie(request) } else { Ok(()) }
}

/// The address identifies our own line.
static SET_COOKIE: [u8; 10] = *b"Set-Cookie";

#[inline(never)]
fn set_cookie(request: Request<'_>) -> Result<(), OutOfMemory> {
    let Some(record) = Record::peek(request) else { return Ok(()) };
    let Some(cookie) = Cookie::of(request, record) else { return Ok(()) };
    // nginx runs header filters a second time if it answers 416 or if a filter finds an error.
    for line in headers::lines(request) {
        if core::ptr::eq(line.name().as_ptr(), SET_COOKIE.as_ptr()) {
            line.remove();
        }
    }
    if headers::is_error(request) {
        return Ok(());
    }
    let is_redirect = request.context::<SetCookie>().is_some();
    if is_redirect {
        caching::replace_all(request, b"private, no-store")?;
    }
    if cookie.is_brought(request) {
        return Ok(());
    }
    match cookie.text(request)? {
        Ok(text) => headers::add(request, &SET_COOKIE, text)?,
        Err(len) => {
            warn_about_length(request, len);
            return Ok(());
        }
    }
    if is_redirect { Ok(()) } else { caching::keep_private(request) }
}

#[cold]
fn warn_about_length(request: Request<'_>, len: usize) {
    ngx_log_error!(
        NGX_LOG_WARN,
        request.log(),
        "pta: no cookie set, it would have {len} bytes, and browsers drop more than 4000"
    );
}
