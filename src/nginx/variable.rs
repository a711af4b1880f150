//! Variables: a name, and the function that finds the value for a request.

use core::cell::RefCell;
use core::fmt::{self, Write};
use core::ptr;

use nginx_sys::{
    NGX_HTTP_VAR_NOCACHEABLE, ngx_http_add_variable, ngx_http_request_t, ngx_http_variable_t,
    ngx_http_variable_value_t, ngx_int_t, ngx_str_t, ngx_uint_t,
};
use ngx::core::Status;

use crate::nginx::callback::Callback;
use crate::nginx::conf::{Conf, Logged, log};
use crate::nginx::fault::{self, Stage};
use crate::nginx::guard;
use crate::nginx::layout;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;

/// The name, and the function that finds the value. Without a value, nginx's variable is "not
/// found".
pub(crate) type Variable = (&'static str, for<'r> fn(Request<'r>) -> Result<Option<&'r [u8]>, OutOfMemory>);

thread_local! {
    /// The names of all variables that this module has ever added. nginx reads configurations in one
    /// thread.
    static OWN: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// The variable of this module that `name` means. As in nginx, case is ignored.
pub(crate) fn own(name: &[u8]) -> Option<&'static str> {
    OWN.with_borrow(|own| own.iter().copied().find(|own| own.as_bytes().eq_ignore_ascii_case(name)))
}

/// Adds variables to nginx. Their values change during a request, so nginx must not cache them.
pub(crate) fn register(cf: Conf<'_>, variables: &'static [Variable]) -> Result<(), Logged> {
    for variable in variables {
        let Some(added) = add(cf, variable.0) else {
            return Err(log(cf, format_args!("pta: could not add the variable \"${}\"", variable.0)));
        };
        added.get_handler = Some(get);
        added.data = ptr::from_ref(variable).expose_provenance();
        note_own(variable.0);
    }
    Ok(())
}

fn note_own(name: &'static str) {
    OWN.with_borrow_mut(|own| {
        if !own.contains(&name) {
            own.push(name);
        }
    });
}

fn add<'a>(cf: Conf<'_>, name: &str) -> Option<&'a mut ngx_http_variable_t> {
    let mut name = ngx_str_t { len: name.len(), data: name.as_ptr().cast_mut() };
    // SAFETY: `cf` is valid in preconfiguration. nginx copies the name, and the variable lives in
    // the configuration's pool.
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
    data: usize,
) -> ngx_int_t {
    guard::value(Callback::Variable, Status::NGX_ERROR.0, || {
        // SAFETY: nginx passes a live request, a value to fill and the address that `register` has
        // stored. The main request lives at least as long.
        let (request, value, variable) = unsafe {
            (Request::from_raw(request), &mut *value, &*ptr::with_exposed_provenance::<Variable>(data))
        };
        let Ok(found) = variable.1(request) else { return Status::NGX_ERROR.0 };
        // nginx stores the length in 28 bits. No request has a longer value.
        match found
            .and_then(|bytes| Some((bytes, u32::try_from(bytes.len()).ok().filter(|len| *len < 1 << 28)?)))
        {
            Some((bytes, len)) => {
                layout::set_found(value, len);
                value.data = bytes.as_ptr().cast_mut();
            }
            None => layout::set_not_found(value),
        }
        Status::NGX_OK.0
    })
}

/// A number as the value of a variable.
pub(crate) fn digits(request: Request<'_>, number: Option<i64>) -> Result<Option<&[u8]>, OutOfMemory> {
    let Some(number) = number else { return Ok(None) };
    // The longest number is -9223372036854775808, so writing cannot fail.
    let mut text = Digits { bytes: request.allocate_bytes(20)?, len: 0 };
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
