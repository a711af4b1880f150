//! The table of a module's directives, in the form of nginx. Types connect each directive with the
//! module whose configuration its setter changes.

use core::ffi::CStr;
use core::marker::PhantomData;
use core::ptr;

use nginx_sys::{
    NGX_HTTP_LOC_CONF, NGX_HTTP_LOC_CONF_OFFSET, NGX_HTTP_MAIN_CONF, NGX_HTTP_SRV_CONF, ngx_command_t,
    ngx_str_t, ngx_uint_t,
};

use crate::conf::setting::{Directive, setter};
use crate::nginx::http_module::HasLocConf;

const CONTEXTS: u32 = NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF;

/// A directive in the table of the module `M`.
#[repr(transparent)]
pub(crate) struct Command<M>(ngx_command_t, PhantomData<fn() -> M>);

impl<M: HasLocConf> Command<M> {
    /// The end of a table.
    pub(crate) const END: Self = Self(ngx_command_t::empty(), PhantomData);

    /// A directive for the contexts http, server and location, and for those in `kind`.
    pub(crate) const fn new<D: Directive<M>>(name: &'static CStr, kind: u32) -> Self {
        Self::in_contexts::<D>(name, CONTEXTS | kind)
    }

    /// A directive for the contexts in `kind` only.
    pub(crate) const fn in_contexts<D: Directive<M>>(name: &'static CStr, kind: u32) -> Self {
        let command = ngx_command_t {
            // nginx compares names as C strings.
            name: ngx_str_t { len: name.count_bytes(), data: name.as_ptr().cast_mut().cast() },
            type_: kind as ngx_uint_t,
            set: Some(setter::<M, D>),
            conf: NGX_HTTP_LOC_CONF_OFFSET,
            offset: 0,
            post: ptr::null_mut(),
        };
        Self(command, PhantomData)
    }
}

/// The address of the module's table.
pub(crate) struct Table<M>(*mut ngx_command_t, PhantomData<fn() -> M>);

impl<M> Table<M> {
    /// # Safety
    ///
    /// `commands` must be a static, and its last element must be [`Command::END`].
    pub(crate) const unsafe fn new<const N: usize>(commands: *mut [Command<M>; N]) -> Self {
        Self(commands.cast(), PhantomData)
    }

    pub(crate) const fn commands(&self) -> *mut ngx_command_t {
        self.0
    }
}
