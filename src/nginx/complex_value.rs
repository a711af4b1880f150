//! A string with variables.

use core::mem::MaybeUninit;
use core::ptr::{self, NonNull};

use nginx_sys::{
    ngx_http_compile_complex_value, ngx_http_compile_complex_value_t, ngx_http_complex_value,
    ngx_http_complex_value_t, ngx_palloc, ngx_str_t,
};
use ngx::core::Status;

use crate::nginx::captures;
use crate::nginx::conf::{Conf, Logged};
use crate::nginx::fault::{self, Stage};
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::nginx::text::bytes_of;

/// A string with variables. It lives as long as the configuration.
#[derive(Clone, Copy)]
pub(crate) struct ComplexValue(NonNull<ngx_http_complex_value_t>);

impl ComplexValue {
    /// An error has been logged.
    pub(crate) fn compile(cf: Conf<'_>, text: &[u8]) -> Result<Self, Logged> {
        let cf = cf.as_ptr();
        // SAFETY: `cf` and its pool are valid while a directive is read. nginx itself starts a
        // compilation with all bits zero. The text is copied into the pool, because nginx keeps
        // pointers to it.
        unsafe {
            if fault::out_of_memory(Stage::Configuration, (*cf).log) {
                return Err(Logged);
            }
            let Some(mut copy) = ngx_str_t::from_bytes((*cf).pool, text) else {
                return Err(Logged);
            };
            let memory = ngx_palloc((*cf).pool, size_of::<ngx_http_complex_value_t>()).cast();
            let Some(value) = NonNull::new(memory) else { return Err(Logged) };
            let mut compile: ngx_http_compile_complex_value_t = MaybeUninit::zeroed().assume_init();
            compile.cf = cf;
            compile.value = &raw mut copy;
            compile.complex_value = value.as_ptr();
            if Status(ngx_http_compile_complex_value(&raw mut compile)) != Status::NGX_OK {
                return Err(Logged);
            }
            Ok(Self(value))
        }
    }

    /// The value for this request. `$1` to `$9` stay as they were.
    pub(crate) fn evaluate(self, request: Request<'_>) -> Result<&[u8], OutOfMemory> {
        captures::keep(request, || self.evaluate_as_nginx(request))
    }

    fn evaluate_as_nginx(self, request: Request<'_>) -> Result<&[u8], OutOfMemory> {
        if fault::out_of_memory(Stage::Request, request.log()) {
            return Err(OutOfMemory);
        }
        let mut value = ngx_str_t { len: 0, data: ptr::null_mut() };
        // SAFETY: the request and its configuration are live.
        let status = unsafe { ngx_http_complex_value(request.as_ptr(), self.0.as_ptr(), &raw mut value) };
        if Status(status) != Status::NGX_OK {
            return Err(OutOfMemory);
        }
        // SAFETY: the value is in the request's pool, or it is part of the request or the
        // configuration.
        Ok(unsafe { bytes_of(value) })
    }
}
