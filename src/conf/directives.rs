//! The table of directives, and the setters of `pta_enable` and `pta_auth_method`.

use core::ffi::CStr;
use core::ptr;

use nginx_sys::{
    NGX_CONF_1MORE, NGX_CONF_FLAG, NGX_CONF_TAKE1, NGX_CONF_TAKE12, NGX_HTTP_LIF_CONF, NGX_HTTP_LOC_CONF,
    NGX_HTTP_LOC_CONF_OFFSET, NGX_HTTP_MAIN_CONF, NGX_HTTP_SRV_CONF, ngx_command_t, ngx_str_t, ngx_uint_t,
};

use crate::conf::accel_redirect_directive::AccelRedirect;
use crate::conf::issue_directive::Issue;
use crate::conf::key_directives::{Key, Pair};
use crate::conf::main::MainConf;
use crate::conf::policy_directives as policy;
use crate::conf::refuse_status::RefuseStatus;
use crate::conf::setting::{Directive, SetError, Setting, Words, setter};

const CONTEXTS: u32 = NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF;

static mut DIRECTIVES: [ngx_command_t; 20] = [
    directive::<Key>(c"pta_1st_key", NGX_CONF_TAKE1),
    directive::<Key>(c"pta_1st_iv", NGX_CONF_TAKE1),
    directive::<Key>(c"pta_2nd_key", NGX_CONF_TAKE1),
    directive::<Key>(c"pta_2nd_iv", NGX_CONF_TAKE1),
    directive::<Pair>(c"pta_1st_pair", NGX_CONF_TAKE1),
    directive::<Pair>(c"pta_2nd_pair", NGX_CONF_TAKE1),
    directive::<Enable>(c"pta_enable", NGX_HTTP_LIF_CONF | NGX_CONF_FLAG),
    directive::<AuthMethod>(c"pta_auth_method", NGX_CONF_1MORE),
    directive::<policy::Name>(c"pta_name", NGX_CONF_TAKE1),
    directive::<policy::Strip>(c"pta_strip", NGX_CONF_FLAG),
    directive::<policy::Mask>(c"pta_mask", NGX_CONF_FLAG),
    directive::<RefuseStatus>(c"pta_refuse_status", NGX_CONF_1MORE),
    directive::<policy::DryRun>(c"pta_dry_run", NGX_CONF_FLAG),
    directive::<policy::LogLevel>(c"pta_log_level", NGX_CONF_TAKE1),
    directive::<policy::Leeway>(c"pta_leeway", NGX_CONF_TAKE1),
    directive::<policy::Phase>(c"pta_phase", NGX_CONF_TAKE1),
    directive::<policy::CacheControlDirective>(c"pta_cache_control", NGX_CONF_TAKE1),
    directive::<Issue>(c"pta_issue", NGX_CONF_TAKE12),
    directive::<AccelRedirect>(c"pta_accel_redirect", NGX_CONF_FLAG),
    ngx_command_t::empty(),
];

/// The table in the form of `ngx_module_t`.
pub(crate) const fn table() -> *mut ngx_command_t {
    (&raw mut DIRECTIVES).cast()
}

// nginx compares names as C strings.
const fn directive<D: Directive>(name: &'static CStr, kind: u32) -> ngx_command_t {
    ngx_command_t {
        name: ngx_str_t { len: name.count_bytes(), data: name.as_ptr().cast_mut().cast() },
        type_: (CONTEXTS | kind) as ngx_uint_t,
        set: Some(setter::<D>),
        conf: NGX_HTTP_LOC_CONF_OFFSET,
        offset: 0,
        post: ptr::null_mut(),
    }
}

/// `pta_enable on | off`
struct Enable;

impl Directive for Enable {
    fn set(setting: &mut Setting<'_>) -> Result<(), SetError> {
        if setting.conf.is_enable_set() {
            return Err(SetError::DUPLICATE);
        }
        let enable = setting.flag()?;
        let place = setting.place();
        let in_if = setting.is_in(NGX_HTTP_LIF_CONF);
        setting.conf.set_enable(enable, in_if, place);
        if in_if {
            if let Some(main) = MainConf::of(setting.cf()) {
                main.note_enabled_in_if();
            }
        }
        Ok(())
    }
}

/// `pta_auth_method qs | cookie | qs cookie`. Several lines add up. A repeated word is a warning.
struct AuthMethod;

impl Directive for AuthMethod {
    fn set(setting: &mut Setting<'_>) -> Result<(), SetError> {
        for value in setting.values() {
            let methods = setting.conf.auth_methods_mut();
            let method = match value.as_bytes() {
                word if word.eq_ignore_ascii_case(b"qs") => &mut methods.query,
                word if word.eq_ignore_ascii_case(b"cookie") => &mut methods.cookie,
                _ => {
                    let expected = Words(["qs", "cookie", "qs cookie"].into_iter());
                    return Err(setting.invalid(value, format_args!("{expected}")));
                }
            };
            if *method {
                setting.warn(format_args!("duplicate value \"{value}\""));
            } else {
                *method = true;
            }
        }
        Ok(())
    }
}
