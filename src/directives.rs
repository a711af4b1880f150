//! The directives and their setters, in nginx's wording.

use core::ffi::{CStr, c_char, c_void};
use core::ptr;

use nginx_sys::{
    NGX_CONF_1MORE, NGX_CONF_FLAG, NGX_CONF_TAKE1, NGX_HTTP_LIF_CONF, NGX_HTTP_LOC_CONF,
    NGX_HTTP_LOC_CONF_OFFSET, NGX_HTTP_MAIN_CONF, NGX_HTTP_SRV_CONF, NGX_LOG_EMERG, NGX_LOG_WARN,
    ngx_command_t, ngx_conf_t, ngx_str_t, ngx_uint_t,
};
use ngx::ngx_conf_log_error;
use pta_token::Secret;

use crate::conf::{KeyPart, LocConf, MainConf, Place};
use crate::guard;
use crate::ngx_ext::{CONF_ERROR, ConfExt};

const CONTEXTS: u32 = NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF;

static mut DIRECTIVES: [ngx_command_t; 7] = [
    directive(c"pta_1st_key", CONTEXTS | NGX_CONF_TAKE1, set_first_key),
    directive(c"pta_1st_iv", CONTEXTS | NGX_CONF_TAKE1, set_first_iv),
    directive(c"pta_2nd_key", CONTEXTS | NGX_CONF_TAKE1, set_second_key),
    directive(c"pta_2nd_iv", CONTEXTS | NGX_CONF_TAKE1, set_second_iv),
    directive(c"pta_enable", CONTEXTS | NGX_HTTP_LIF_CONF | NGX_CONF_FLAG, set_enable),
    directive(c"pta_auth_method", CONTEXTS | NGX_CONF_1MORE, set_auth_method),
    ngx_command_t::empty(),
];

/// The table as `ngx_module_t` wants it.
pub(crate) const fn table() -> *mut ngx_command_t {
    (&raw mut DIRECTIVES).cast()
}

type Setter = unsafe extern "C" fn(*mut ngx_conf_t, *mut ngx_command_t, *mut c_void) -> *mut c_char;

// nginx compares names as C strings.
const fn directive(name: &'static CStr, type_: u32, set: Setter) -> ngx_command_t {
    ngx_command_t {
        name: ngx_str_t { len: name.count_bytes(), data: name.as_ptr().cast_mut().cast() },
        type_: type_ as ngx_uint_t,
        set: Some(set),
        conf: NGX_HTTP_LOC_CONF_OFFSET,
        offset: 0,
        post: ptr::null_mut(),
    }
}

/// What a setter answers: nginx writes the text behind the directive's name, with file and line.
enum SetError {
    Message(&'static CStr),
    Logged,
}

const DUPLICATE: SetError = SetError::Message(c"is duplicate");

/// Runs a setter's body with the location's configuration and the directive's arguments, name first.
unsafe fn set(
    cf: *mut ngx_conf_t,
    conf: *mut c_void,
    body: impl FnOnce(&mut LocConf, &[ngx_str_t]) -> Result<(), SetError>,
) -> *mut c_char {
    guard::value(CONF_ERROR, || {
        // SAFETY: the offset in the table makes nginx give what create_loc_conf made; nobody else refers to it
        // while a directive is read.
        let (conf, arguments) = unsafe { (&mut *conf.cast::<LocConf>(), cf.arguments()) };
        match body(conf, arguments) {
            Ok(()) => ptr::null_mut(),
            Err(SetError::Message(message)) => message.as_ptr().cast_mut(),
            Err(SetError::Logged) => CONF_ERROR,
        }
    })
}

unsafe extern "C" fn set_first_key(
    cf: *mut ngx_conf_t,
    _: *mut ngx_command_t,
    conf: *mut c_void,
) -> *mut c_char {
    // SAFETY: nginx calls this as the setter of a directive.
    unsafe { set(cf, conf, |conf, arguments| set_key_part(cf, conf, KeyPart::FirstKey, arguments)) }
}

unsafe extern "C" fn set_first_iv(
    cf: *mut ngx_conf_t,
    _: *mut ngx_command_t,
    conf: *mut c_void,
) -> *mut c_char {
    // SAFETY: nginx calls this as the setter of a directive.
    unsafe { set(cf, conf, |conf, arguments| set_key_part(cf, conf, KeyPart::FirstIv, arguments)) }
}

unsafe extern "C" fn set_second_key(
    cf: *mut ngx_conf_t,
    _: *mut ngx_command_t,
    conf: *mut c_void,
) -> *mut c_char {
    // SAFETY: nginx calls this as the setter of a directive.
    unsafe { set(cf, conf, |conf, arguments| set_key_part(cf, conf, KeyPart::SecondKey, arguments)) }
}

unsafe extern "C" fn set_second_iv(
    cf: *mut ngx_conf_t,
    _: *mut ngx_command_t,
    conf: *mut c_void,
) -> *mut c_char {
    // SAFETY: nginx calls this as the setter of a directive.
    unsafe { set(cf, conf, |conf, arguments| set_key_part(cf, conf, KeyPart::SecondIv, arguments)) }
}

fn set_key_part(
    cf: *mut ngx_conf_t,
    conf: &mut LocConf,
    part: KeyPart,
    arguments: &[ngx_str_t],
) -> Result<(), SetError> {
    if conf.is_key_part_set(part) {
        return Err(DUPLICATE);
    }
    // NGX_CONF_TAKE1 guarantees one argument.
    let value = arguments.get(1).map(ngx_str_t::as_bytes).unwrap_or_default();
    match Secret::from_hex(value) {
        Ok(secret) => {
            conf.set_key_part(part, secret, Place::here(cf));
            Ok(())
        }
        Err(error) => {
            // The value is not repeated: a key with a typing error in it is still most of a key.
            ngx_conf_log_error!(
                NGX_LOG_EMERG,
                cf,
                "invalid value in \"{}\" directive, it {error}",
                part.directive()
            );
            Err(SetError::Logged)
        }
    }
}

unsafe extern "C" fn set_enable(
    cf: *mut ngx_conf_t,
    _: *mut ngx_command_t,
    conf: *mut c_void,
) -> *mut c_char {
    // SAFETY: nginx calls this as the setter of a directive.
    unsafe {
        set(cf, conf, |conf, arguments| {
            if conf.is_enable_set() {
                return Err(DUPLICATE);
            }
            // NGX_CONF_FLAG guarantees one argument.
            let value = arguments.get(1).copied().unwrap_or_default();
            let enable = match value.as_bytes() {
                value if value.eq_ignore_ascii_case(b"on") => true,
                value if value.eq_ignore_ascii_case(b"off") => false,
                _ => {
                    ngx_conf_log_error!(
                        NGX_LOG_EMERG,
                        cf,
                        "invalid value \"{value}\" in \"pta_enable\" directive, it must be \"on\" or \"off\""
                    );
                    return Err(SetError::Logged);
                }
            };
            conf.set_enable(enable, Place::here(cf));
            if (*cf).cmd_type & NGX_HTTP_LIF_CONF as ngx_uint_t != 0
                && let Some(main) = MainConf::of(cf)
            {
                main.note_enabled_in_if();
            }
            Ok(())
        })
    }
}

unsafe extern "C" fn set_auth_method(
    cf: *mut ngx_conf_t,
    _: *mut ngx_command_t,
    conf: *mut c_void,
) -> *mut c_char {
    // SAFETY: nginx calls this as the setter of a directive.
    unsafe {
        set(cf, conf, |conf, arguments| {
            for value in arguments.iter().skip(1) {
                let methods = conf.auth_methods_mut();
                let method = match value.as_bytes() {
                    word if word.eq_ignore_ascii_case(b"qs") => &mut methods.query,
                    word if word.eq_ignore_ascii_case(b"cookie") => &mut methods.cookie,
                    _ => {
                        ngx_conf_log_error!(
                            NGX_LOG_EMERG,
                            cf,
                            "invalid value \"{value}\" in \"pta_auth_method\" directive, it must be \"qs\" or \"cookie\""
                        );
                        return Err(SetError::Logged);
                    }
                };
                if *method {
                    ngx_conf_log_error!(NGX_LOG_WARN, cf, "duplicate value \"{value}\"");
                }
                *method = true;
            }
            Ok(())
        })
    }
}
