//! What all setters of directives share: reading arguments, and errors in nginx's wording.

use core::ffi::{CStr, c_char, c_void};
use core::fmt;
use core::ptr;
use std::io;

use nginx_sys::{
    NGX_LOG_EMERG, NGX_LOG_WARN, ngx_command_t, ngx_conf_log_error, ngx_conf_t, ngx_str_t, ngx_uint_t,
};
use ngx::ngx_conf_log_error;

use crate::conf::LocConf;
use crate::conf::index::Pta;
use crate::nginx::callback::Callback;
use crate::nginx::conf::{CONF_ERROR, Conf, Logged};
use crate::nginx::guard;
use crate::nginx::http_module::HasLocConf;
use crate::nginx::shared_conf;
use crate::nginx::shared_zone::DeclareError;
use crate::nginx::source_line::SourceLine;

/// Why a directive is not valid.
pub(crate) enum SetError {
    /// nginx logs this text after the name of the directive, with file and line.
    Message(&'static CStr),
    /// The error has already been logged.
    Logged,
}

impl From<Logged> for SetError {
    fn from(Logged: Logged) -> Self {
        Self::Logged
    }
}

impl From<DeclareError> for SetError {
    fn from(error: DeclareError) -> Self {
        match error {
            DeclareError::Duplicate => Self::DUPLICATE,
            DeclareError::Logged => Self::Logged,
        }
    }
}

impl SetError {
    pub(crate) const DUPLICATE: Self = Self::Message(c"is duplicate");
    /// The name of a directive that the setter does not know, which cannot be.
    pub(crate) const INVALID_VALUE: Self = Self::Message(c"invalid value");
}

/// A directive of the module `M`, in its configuration of a location.
pub(crate) trait Directive<M: HasLocConf = Pta> {
    fn set(setting: &mut Setting<'_, M::LocConf>) -> Result<(), SetError>;
}

/// The setter of `D` that nginx calls.
///
/// # Safety
///
/// nginx must call it for a directive in the table of the module `M`, with `M`'s configuration of a
/// location.
pub(super) unsafe extern "C" fn setter<M: HasLocConf, D: Directive<M>>(
    cf: *mut ngx_conf_t,
    _: *mut ngx_command_t,
    conf: *mut c_void,
) -> *mut c_char {
    // SAFETY: by this function's contract. While nginx reads a directive, there is no other
    // reference to the configuration.
    unsafe { set::<M>(cf, conf.cast::<M::LocConf>(), D::set) }
}

/// Not generic over the directive, so that it is compiled only once for each module.
///
/// # Safety
///
/// `cf` and `conf` must be the arguments of a running setter of the module `M`.
unsafe fn set<M: HasLocConf>(
    cf: *mut ngx_conf_t,
    conf: *mut M::LocConf,
    set: fn(&mut Setting<'_, M::LocConf>) -> Result<(), SetError>,
) -> *mut c_char {
    guard::value(Callback::Setter, CONF_ERROR, || {
        // SAFETY: by this function's contract.
        let Some(conf) = (unsafe { shared_conf::own::<M>(cf, conf) }) else { return CONF_ERROR };
        // SAFETY: by this function's contract.
        let mut setting = unsafe {
            let cf = Conf::from_raw(cf);
            Setting { cf, conf, arguments: cf.arguments() }
        };
        match set(&mut setting) {
            Ok(()) => ptr::null_mut(),
            Err(SetError::Message(message)) => message.as_ptr().cast_mut(),
            Err(SetError::Logged) => CONF_ERROR,
        }
    })
}

/// The directive that nginx is reading. `C` is its module's configuration of the location.
pub(crate) struct Setting<'a, C = LocConf> {
    cf: Conf<'a>,
    pub(crate) conf: &'a mut C,
    /// The first one is the name of the directive.
    arguments: &'a [ngx_str_t],
}

impl<'a, C> Setting<'a, C> {
    pub(crate) fn cf(&self) -> Conf<'a> {
        self.cf
    }

    pub(crate) fn name(&self) -> ngx_str_t {
        self.arguments.first().copied().unwrap_or_default()
    }

    /// The arguments without the name. nginx has checked their number against the table.
    pub(crate) fn values(&self) -> impl Iterator<Item = ngx_str_t> + use<'a, C> {
        self.arguments.iter().skip(1).copied()
    }

    /// The only argument of a directive that takes one.
    pub(crate) fn value(&self) -> ngx_str_t {
        self.arguments.get(1).copied().unwrap_or_default()
    }

    pub(crate) fn place(&self) -> SourceLine {
        SourceLine::here(self.cf)
    }

    /// Whether the directive is in a block of this kind, such as `NGX_HTTP_LIF_CONF`.
    pub(crate) fn is_in(&self, block: u32) -> bool {
        // SAFETY: `cf` is valid while a setter runs.
        unsafe { (*self.cf.as_ptr()).cmd_type & block as ngx_uint_t != 0 }
    }

    pub(crate) fn error(&self, message: fmt::Arguments<'_>) -> SetError {
        ngx_conf_log_error!(NGX_LOG_EMERG, self.cf.as_ptr(), "{message}");
        SetError::Logged
    }

    /// Logs a failed system call as nginx does: `open() "/x" failed (2: No such file or
    /// directory)`.
    pub(crate) fn system_error(&self, call: &CStr, path: ngx_str_t, error: &io::Error) -> SetError {
        let (level, number) = (NGX_LOG_EMERG as ngx_uint_t, error.raw_os_error().unwrap_or(0));
        // SAFETY: `cf` is valid while a setter runs. `%s` takes a C string, and `%V` a pointer to
        // an ngx_str_t.
        unsafe {
            ngx_conf_log_error(
                level,
                self.cf.as_ptr(),
                number,
                c"%s \"%V\" failed".as_ptr(),
                call.as_ptr(),
                &raw const path,
            );
        }
        SetError::Logged
    }

    pub(crate) fn warn(&self, message: fmt::Arguments<'_>) {
        ngx_conf_log_error!(NGX_LOG_WARN, self.cf.as_ptr(), "{message}");
    }

    /// Parses `on` or `off`, as nginx does for its own flags.
    pub(crate) fn flag(&self) -> Result<bool, SetError> {
        self.choice(&[("on", true), ("off", false)])
    }

    /// Parses the only argument, which must be one of these words. As in nginx's own directives,
    /// upper and lower case are equal.
    pub(crate) fn choice<T: Copy>(&self, choices: &[(&str, T)]) -> Result<T, SetError> {
        let value = self.value();
        let is_value = |word: &str| value.as_bytes().eq_ignore_ascii_case(word.as_bytes());
        choices.iter().find_map(|(word, meaning)| is_value(word).then_some(*meaning)).ok_or_else(|| {
            self.invalid(value, format_args!("{}", Words(choices.iter().map(|choice| choice.0))))
        })
    }

    /// Logs that a value is not valid.
    pub(crate) fn invalid(&self, value: ngx_str_t, expected: fmt::Arguments<'_>) -> SetError {
        let name = self.name();
        self.error(format_args!("invalid value \"{value}\" in \"{name}\" directive, it must be {expected}"))
    }
}

/// Words as a message lists them: `"a", "b" or "c"`.
pub(crate) struct Words<I>(pub(crate) I);

impl<'w, I: Iterator<Item = &'w str> + Clone> fmt::Display for Words<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = self.0.clone().peekable();
        let mut separator = "";
        while let Some(word) = words.next() {
            write!(f, "{separator}\"{word}\"")?;
            let mut after_next = words.clone();
            after_next.next();
            separator = if after_next.peek().is_some() { ", " } else { " or " };
        }
        Ok(())
    }
}

/// Sets a value. An error if the block has already set it.
pub(crate) fn set_once<T>(slot: &mut Option<T>, value: T) -> Result<(), SetError> {
    if slot.is_some() {
        return Err(SetError::DUPLICATE);
    }
    *slot = Some(value);
    Ok(())
}
