//! The variables `$pta_…`: what the last check of the request found.

use core::fmt::{self, Write};

use nginx_sys::{
    NGX_HTTP_VAR_NOCACHEABLE, ngx_http_add_variable, ngx_http_request_t, ngx_http_variable_t,
    ngx_http_variable_value_t, ngx_int_t, ngx_str_t, ngx_time, ngx_uint_t,
};
use ngx::core::Status;

use crate::conf::LocConf;
use crate::issue;
use crate::nginx::callback::Callback;
use crate::nginx::conf::{Conf, log};
use crate::nginx::fault::{self, Stage};
use crate::nginx::guard;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::request::masked;
use crate::request::outcome::Outcome;
use crate::request::record::Record;
use crate::version::VERSION;

type Getter = for<'r> fn(Request<'r>) -> Result<Option<&'r [u8]>, OutOfMemory>;

/// Variables about the check are those of the main request. `$pta_token` and `$pta_token_expires`
/// belong to the location that reads them.
const VARIABLES: [(&str, Getter); 11] = [
    ("pta_status", |request| Ok(look(request, |outcome| Some(outcome.status_word().as_bytes())))),
    ("pta_source", |request| Ok(look(request, |outcome| outcome.source_word().map(str::as_bytes)))),
    ("pta_key", |request| Ok(look(request, |outcome| outcome.pair_word().map(str::as_bytes)))),
    ("pta_path", |request| Ok(look(request, Outcome::printable_path))),
    ("pta_expires", |request| digits(request, look(request, Outcome::expires))),
    ("pta_remaining", |request| digits(request, look(request, |outcome| outcome.remaining(ngx_time())))),
    ("pta_presented", |request| Ok(look(request, Outcome::accepted_token))),
    ("pta_request_uri", masked_target),
    ("pta_token", issue::token),
    ("pta_token_expires", |request| digits(request, issue::expires(request)?)),
    ("pta_version", |_| Ok(Some(VERSION.as_bytes()))),
];

/// Makes the variables known to nginx. Their values change while a request runs, so that nginx must not keep
/// them.
pub(crate) fn register(cf: Conf<'_>) -> Status {
    for (index, (name, _)) in VARIABLES.iter().enumerate() {
        let Some(variable) = add(cf, name) else {
            log(cf, format_args!("pta: could not add the variable \"${name}\""));
            return Status::NGX_ERROR;
        };
        variable.get_handler = Some(get);
        variable.data = index;
    }
    Status::NGX_OK
}

fn add<'a>(cf: Conf<'_>, name: &str) -> Option<&'a mut ngx_http_variable_t> {
    let mut name = ngx_str_t { len: name.len(), data: name.as_ptr().cast_mut() };
    // SAFETY: `cf` is valid in preconfiguration; nginx copies the name, and the variable lives in its pool.
    unsafe {
        if fault::out_of_memory(Stage::Configuration, cf.log()) {
            return None;
        }
        ngx_http_add_variable(cf.as_ptr(), &raw mut name, NGX_HTTP_VAR_NOCACHEABLE as ngx_uint_t).as_mut()
    }
}

unsafe extern "C" fn get(
    request: *mut ngx_http_request_t,
    value: *mut ngx_http_variable_value_t,
    index: usize,
) -> ngx_int_t {
    guard::value(Callback::Variable, Status::NGX_ERROR.0, || {
        // SAFETY: nginx gives a live request, whose main one lives at least as long, and a value to fill.
        let (request, value) = unsafe { (Request::from_raw(request), &mut *value) };
        let Some((_, getter)) = VARIABLES.get(index) else { return Status::NGX_ERROR.0 };
        let Ok(found) = getter(request) else { return Status::NGX_ERROR.0 };
        // No request has a value that is longer than nginx's 28 bits can count.
        match found
            .and_then(|bytes| Some((bytes, u32::try_from(bytes.len()).ok().filter(|len| *len < 1 << 28)?)))
        {
            Some((bytes, len)) => {
                value.set_valid(1);
                value.set_no_cacheable(0);
                value.set_not_found(0);
                value.set_len(len);
                value.data = bytes.as_ptr().cast_mut();
            }
            None => value.set_not_found(1),
        }
        Status::NGX_OK.0
    })
}

/// The result of `look` on the last verdict.
fn look<'r, T>(request: Request<'r>, look: impl FnOnce(&Outcome<'r>) -> Option<T>) -> Option<T> {
    look(Record::peek(request.main())?.outcome()?)
}

fn digits(request: Request<'_>, number: Option<i64>) -> Result<Option<&[u8]>, OutOfMemory> {
    let Some(number) = number else { return Ok(None) };
    // As long as the longest, -9223372036854775808.
    let mut text = Digits { bytes: request.allocate_bytes(20)?, len: 0 };
    // No number is longer.
    let _ = write!(text, "{number}");
    Ok(text.bytes.get(..text.len))
}

struct Digits<'r> {
    bytes: &'r mut [u8],
    len: usize,
}

impl Write for Digits<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len.saturating_add(text.len());
        self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

/// The client's own request target, with the values of all arguments masked that a location on the request's way
/// takes for a token.
fn masked_target(request: Request<'_>) -> Result<Option<&[u8]>, OutOfMemory> {
    let request = request.main();
    let Some(record) = Record::peek(request) else {
        let name = LocConf::of(request).policy().name();
        return masked::masked(request, request.target(), name).map(Some);
    };
    masked::masked_everywhere(request, record, record.target()).map(Some)
}
