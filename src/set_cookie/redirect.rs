//! `redirect`: the client is sent to its own path without the token, which it now has as a cookie.

use nginx_sys::{NGX_HTTP_GET, NGX_HTTP_HEAD};
use ngx::core::Status;
use ngx::http::HTTPStatus;
use pta_http::query::{self, Target};
use pta_http::writer::Writer;

use crate::nginx::conf::{Logged, Postconf};
use crate::nginx::handler::handler;
use crate::nginx::headers;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::phases::{self, Order, PRECONTENT_PHASE};
use crate::nginx::request::Request;
use crate::request::record::Record;
use crate::set_cookie::conf::{REDIRECTED, SetCookie};
use crate::set_cookie::cookie::Cookie;

pub(super) fn register(cf: Postconf<'_>) -> Result<(), Logged> {
    phases::add(cf, PRECONTENT_PHASE, Order::BeforeOthers, handler)
}

handler! {
    /// PRECONTENT phase: all access modules have let the request in.
    fn handler(request) = phase(CookieRedirect, redirect)
}

fn redirect(request: Request<'_>) -> Result<Status, OutOfMemory> {
    let is_get = request.method() & (NGX_HTTP_GET | NGX_HTTP_HEAD) as usize != 0;
    if !is_get || !request.is_main() {
        return Ok(Status::NGX_DECLINED);
    }
    let Some(record) = Record::find(request).filter(|record| record.is_plain_arrival()) else {
        return Ok(Status::NGX_DECLINED);
    };
    let cookie = Cookie::of(request, record).filter(|cookie| cookie.parameters.redirect);
    let Some(cookie) = cookie else { return Ok(Status::NGX_DECLINED) };
    let Target { path, query, .. } = Target::split(record.target());
    let Some(path) = location_path(path) else { return Ok(Status::NGX_DECLINED) };
    // Without the cookie, the next request would be refused.
    let comes_back = cookie.is_brought(request) || cookie.covers(path) && cookie.text(request)?.is_ok();
    if !comes_back {
        return Ok(Status::NGX_DECLINED);
    }
    headers::set_location(request, location(request, path, query, cookie.name)?)?;
    request.set_context::<SetCookie>(&REDIRECTED);
    Ok(HTTPStatus::SEE_OTHER.into())
}

/// The client's path with one leading slash. Browsers take two slashes, or a slash and a backslash,
/// for the beginning of another host. None for a path that no browser sends.
fn location_path(path: &[u8]) -> Option<&[u8]> {
    let slashes = path.iter().take_while(|&&byte| byte == b'/').count();
    let path = path.get(slashes.checked_sub(1)?..)?;
    let is_sound = path.get(1) != Some(&b'\\') && path.iter().all(|&byte| byte > b' ' && byte != 0x7f);
    is_sound.then_some(path)
}

fn location<'r>(
    request: Request<'r>,
    path: &[u8],
    query: &[u8],
    name: &[u8],
) -> Result<&'r [u8], OutOfMemory> {
    let len = path.len().saturating_add(query.len()).saturating_add(1);
    let mut output = Writer::new(request.allocate_bytes(len)?);
    output.push(path);
    output.push(b"?");
    let question_mark = output.len();
    query::write_without(query, name, &mut output);
    if output.len() == question_mark {
        output.truncate(path.len());
    }
    Ok(output.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_never_leads_to_another_host() {
        for (path, wanted) in [
            ("/", Some("/")),
            ("/a//b", Some("/a//b")),
            ("//evil/a", Some("/evil/a")),
            ("////", Some("/")),
            ("/%76/a", Some("/%76/a")),
            ("/\\evil/a", None),
            ("//\\evil/a", None),
            ("/a b", None),
            ("/a\r\nb", None),
            ("/\tevil", None),
            ("", None),
            ("a", None),
        ] {
            assert_eq!(location_path(path.as_bytes()), wanted.map(str::as_bytes), "{path:?}");
        }
    }
}
