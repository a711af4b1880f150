//! The table of directives, and the setters of `pta_enable` and `pta_auth_method`.

use nginx_sys::{NGX_CONF_1MORE, NGX_CONF_FLAG, NGX_CONF_TAKE1, NGX_HTTP_LIF_CONF, NGX_HTTP_LMT_CONF};

use crate::conf::accel_redirect_directive::AccelRedirect;
use crate::conf::auth_methods::AuthMethods;
use crate::conf::index::Pta;
use crate::conf::issue_directive::Issue;
use crate::conf::key_directives::{Key, Pair, Seal};
use crate::conf::main::MainConf;
use crate::conf::policy_directives as policy;
use crate::conf::refuse_status::RefuseStatus;
use crate::conf::seal_directives::{Bind, RequireSeal};
use crate::conf::setting::{Directive, SetError, Setting, Words};
use crate::conf::table::{Command, Table};

static mut DIRECTIVES: [Command<Pta>; 25] = [
    Command::new::<Key>(c"pta_1st_key", NGX_CONF_TAKE1),
    Command::new::<Key>(c"pta_1st_iv", NGX_CONF_TAKE1),
    Command::new::<Key>(c"pta_2nd_key", NGX_CONF_TAKE1),
    Command::new::<Key>(c"pta_2nd_iv", NGX_CONF_TAKE1),
    Command::new::<Pair>(c"pta_1st_pair", NGX_CONF_TAKE1),
    Command::new::<Pair>(c"pta_2nd_pair", NGX_CONF_TAKE1),
    Command::new::<Seal>(c"pta_1st_seal", NGX_CONF_TAKE1),
    Command::new::<Seal>(c"pta_2nd_seal", NGX_CONF_TAKE1),
    Command::new::<RequireSeal>(c"pta_require_seal", NGX_CONF_FLAG),
    Command::new::<Bind>(c"pta_bind", NGX_CONF_1MORE),
    Command::new::<Enable>(c"pta_enable", NGX_HTTP_LIF_CONF | NGX_HTTP_LMT_CONF | NGX_CONF_FLAG),
    Command::new::<AuthMethod>(c"pta_auth_method", NGX_CONF_1MORE),
    Command::new::<policy::Name>(c"pta_name", NGX_CONF_TAKE1),
    Command::new::<policy::Header>(c"pta_header", NGX_CONF_TAKE1),
    Command::new::<policy::Strip>(c"pta_strip", NGX_CONF_FLAG),
    Command::new::<policy::Mask>(c"pta_mask", NGX_CONF_FLAG),
    Command::new::<RefuseStatus>(c"pta_refuse_status", NGX_CONF_1MORE),
    Command::new::<policy::DryRun>(c"pta_dry_run", NGX_CONF_FLAG),
    Command::new::<policy::LogLevel>(c"pta_log_level", NGX_CONF_TAKE1),
    Command::new::<policy::Leeway>(c"pta_leeway", NGX_CONF_TAKE1),
    Command::new::<policy::Phase>(c"pta_phase", NGX_CONF_TAKE1),
    Command::new::<policy::CacheControlDirective>(c"pta_cache_control", NGX_CONF_TAKE1),
    Command::new::<Issue>(c"pta_issue", NGX_CONF_1MORE),
    Command::new::<AccelRedirect>(c"pta_accel_redirect", NGX_CONF_FLAG),
    Command::END,
];

/// The table of `ngx_http_pta_module`.
pub(crate) const fn table() -> Table<Pta> {
    // SAFETY: the static ends with END.
    unsafe { Table::new(&raw mut DIRECTIVES) }
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

/// `pta_auth_method qs | header | cookie ... [fallback]`. Several lines add up. A repeated word is a
/// warning.
struct AuthMethod;

impl Directive for AuthMethod {
    fn set(setting: &mut Setting<'_>) -> Result<(), SetError> {
        for value in setting.values() {
            let Some(method) = setting.conf.auth_methods_mut().by_word(value.as_bytes()) else {
                let expected = Words(AuthMethods::WORDS.into_iter());
                return Err(setting.invalid(value, format_args!("{expected}")));
            };
            if core::mem::replace(method, true) {
                setting.warn(format_args!("duplicate value \"{value}\""));
            }
        }
        let place = setting.place();
        setting.conf.note_fallback(place);
        Ok(())
    }
}
