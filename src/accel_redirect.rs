//! `pta_accel_redirect`: nginx redirects internally to the path in the token, and does not compare
//! it, so that the client never sees the real path.

use core::cell::Cell;
use core::ptr;
use std::rc::Rc;

use nginx_sys::{NGX_HTTP_LOC_CONF, ngx_http_internal_redirect, ngx_http_request_t, ngx_int_t, ngx_str_t};
use ngx::core::Status;
use ngx::http::HTTPStatus;
use pta_token::PathPattern;

use crate::conf::{LocConf, Logged, log};
use crate::guard::{self, Entry};
use crate::main_conf::MainConf;
use crate::ngx_ext::{Conf, OutOfMemory, Request, str_of};
use crate::place::Place;
use crate::record::Record;
use crate::setting::{Directive, SetError, Setting, set_once};

/// `pta_accel_redirect on | off`
pub(crate) struct AccelRedirect;

impl Directive for AccelRedirect {
    fn set(setting: &mut Setting<'_>) -> Result<(), SetError> {
        let written = Rc::new(WrittenRedirect {
            is_on: setting.flag()?,
            is_used: Cell::new(false),
            place: setting.place(),
        });
        // At the levels of http and server, it may be a default for protected locations that come later.
        if written.is_on
            && setting.is_in(NGX_HTTP_LOC_CONF)
            && let Some(main) = MainConf::of(setting.cf())
        {
            main.note_redirect(Rc::clone(&written));
        }
        set_once(setting.conf.accel_redirect_mut(), written)
    }
}

/// A `pta_accel_redirect` as written in the configuration. The levels below share it.
pub(crate) struct WrittenRedirect {
    is_on: bool,
    /// Whether it applies to a protected location, or to an `if` block that enables PTA.
    is_used: Cell<bool>,
    place: Place,
}

impl WrittenRedirect {
    #[inline]
    pub(crate) fn is_on(&self) -> bool {
        self.is_on
    }

    /// Notes that it applies to a protected location.
    pub(crate) fn note_use(&self) {
        self.is_used.set(true);
    }

    /// Without protection there is no token to follow, and the location is open.
    pub(crate) fn refuse_unused(&self, cf: Conf<'_>) -> Result<(), Logged> {
        if self.is_used.get() {
            return Ok(());
        }
        let place = self.place;
        Err(log(
            cf,
            format_args!("\"pta_accel_redirect on\" has no effect without \"pta_enable on\" in {place}"),
        ))
    }
}

/// Whether nginx can redirect to the path of a token: it must be a single path, without NUL, `.`
/// and `..`.
pub(crate) fn is_target(path: &PathPattern<'_>) -> bool {
    let text = path.as_bytes();
    !path.is_wildcard()
        && !text.contains(&0)
        && !text.split(|&byte| byte == b'/').any(|segment| segment == b"." || segment == b"..")
}

/// PRECONTENT phase, as `try_files`: from the access phase, the redirect would skip `deny`, `auth_basic` and
/// `auth_request` of the same location.
pub(crate) unsafe extern "C" fn handler(request: *mut ngx_http_request_t) -> ngx_int_t {
    // SAFETY: nginx calls this as a phase handler.
    unsafe {
        guard::request(Entry::AccelRedirect, request, |request| {
            redirect(request).unwrap_or(HTTPStatus::INTERNAL_SERVER_ERROR.into())
        })
    }
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
    let path = literal(request, path)?;
    let mut uri = ngx_str_t { len: path.len(), data: path.as_ptr().cast_mut() };
    let mut args = str_of(request.args());
    record.follow_token(conf);
    // SAFETY: the request is live, the strings are in its pool; after this, the handler touches it no more.
    unsafe { ngx_http_internal_redirect(request.as_ptr(), &raw mut uri, &raw mut args) };
    // As try_files does: the redirect has counted itself as one more user of the request.
    request.finalize_with(Status::NGX_DONE);
    Ok(Status::NGX_DONE)
}

/// The one path that a pattern without wildcard means, slashes merged. It is decoded text: `%` and `?` are literal.
fn literal<'r>(request: Request<'r>, path: &[u8]) -> Result<&'r [u8], OutOfMemory> {
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

/// Whether two configurations treat a token alike. If not, the verdict of one does not count for
/// the other.
pub(crate) fn alike(one: &LocConf, other: &LocConf) -> bool {
    match (one.ring(), other.ring()) {
        (Some(a), Some(b)) => ptr::eq(a, b) && one.redirects() == other.redirects(),
        _ => false,
    }
}
