//! The table of directives, and their setters.

use std::rc::Rc;

use nginx_sys::{
    NGX_CONF_1MORE, NGX_CONF_TAKE1, NGX_HTTP_COPY, NGX_HTTP_DELETE, NGX_HTTP_GET, NGX_HTTP_HEAD,
    NGX_HTTP_LOCK, NGX_HTTP_MAIN_CONF, NGX_HTTP_MKCOL, NGX_HTTP_MOVE, NGX_HTTP_OPTIONS, NGX_HTTP_PATCH,
    NGX_HTTP_POST, NGX_HTTP_PROPFIND, NGX_HTTP_PROPPATCH, NGX_HTTP_PUT, NGX_HTTP_UNLOCK, ngx_str_t,
};

use crate::claims::zone::ZoneHandle;
use crate::conf::main::MainConf;
use crate::conf::once::OnceRules;
use crate::conf::setting::{Directive, SetError, Setting, set_once};
use crate::conf::table::{Command, Table};
use crate::conf::{shown_name, zone_parameter};
use crate::nginx::shared_zone;
use crate::once::conf::{Once, OnceConf, Written};

static mut DIRECTIVES: [Command<Once>; 3] = [
    Command::in_contexts::<Zone>(c"pta_once_zone", NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1),
    Command::new::<OnceDirective>(c"pta_once", NGX_CONF_1MORE),
    Command::END,
];

/// The table of `ngx_http_pta_once_module`.
pub(super) const fn table() -> Table<Once> {
    // SAFETY: the static ends with END.
    unsafe { Table::new(&raw mut DIRECTIVES) }
}

type OnceSetting<'a> = Setting<'a, OnceConf>;

/// `pta_once_zone name:size`
struct Zone;

impl Directive<Once> for Zone {
    fn set(setting: &mut OnceSetting<'_>) -> Result<(), SetError> {
        let (name, size) = zone_parameter::name_and_size(setting, 8)?;
        if !shown_name::is_valid(name.as_bytes()) {
            return Err(setting.error(format_args!(
                "invalid zone name \"{name}\" in \"pta_once_zone\" directive, {}",
                shown_name::Rule
            )));
        }
        let zones = MainConf::find(setting.cf())?.claim_zones();
        let zone = zones.find_or_add(name.as_bytes(), setting.place());
        if !zone.define() {
            return Err(SetError::DUPLICATE);
        }
        Ok(shared_zone::declare(setting.cf(), name, size, ZoneHandle(zone))?)
    }
}

/// `pta_once zone=name [methods=method,...] [release=error] | off`
struct OnceDirective;

impl Directive<Once> for OnceDirective {
    fn set(setting: &mut OnceSetting<'_>) -> Result<(), SetError> {
        let written = parse(setting)?;
        set_once(&mut setting.conf.written, written)
    }
}

/// The methods that do not use a token by default: they are sent to find out, before the request
/// that matters.
const HARMLESS: u32 = NGX_HTTP_HEAD | NGX_HTTP_OPTIONS;

/// nginx does not tell other methods from each other.
const METHODS: [(&str, u32); 14] = [
    ("GET", NGX_HTTP_GET),
    ("HEAD", NGX_HTTP_HEAD),
    ("POST", NGX_HTTP_POST),
    ("PUT", NGX_HTTP_PUT),
    ("DELETE", NGX_HTTP_DELETE),
    ("MKCOL", NGX_HTTP_MKCOL),
    ("COPY", NGX_HTTP_COPY),
    ("MOVE", NGX_HTTP_MOVE),
    ("OPTIONS", NGX_HTTP_OPTIONS),
    ("PROPFIND", NGX_HTTP_PROPFIND),
    ("PROPPATCH", NGX_HTTP_PROPPATCH),
    ("LOCK", NGX_HTTP_LOCK),
    ("UNLOCK", NGX_HTTP_UNLOCK),
    ("PATCH", NGX_HTTP_PATCH),
];

fn parse(setting: &OnceSetting<'_>) -> Result<Written, SetError> {
    let is_off = |value: &ngx_str_t| value.as_bytes().eq_ignore_ascii_case(b"off");
    if let Some(word) = setting.values().find(is_off) {
        let is_alone = setting.values().count() == 1;
        return if is_alone { Ok(Written::Off) } else { Err(refuse(setting, word, "it must be alone")) };
    }
    let (mut zone, mut methods, mut releases) = (None, None, false);
    let parameters: Vec<ngx_str_t> = setting.values().collect();
    for parameter in &parameters {
        let (text, parameter) = (parameter.as_bytes(), *parameter);
        let is_new = if let Some(name) = text.strip_prefix(b"zone=") {
            if name.is_empty() {
                return Err(refuse(setting, parameter, "it must be \"zone=name\""));
            }
            zone.replace(name).is_none()
        } else if let Some(list) = text.strip_prefix(b"methods=") {
            methods.replace(parse_methods(setting, parameter, list)?).is_none()
        } else if text == b"release=error" {
            !core::mem::replace(&mut releases, true)
        } else {
            let expected = "it must be \"zone=name\", \"methods=method,...\", \"release=error\" or \"off\"";
            return Err(refuse(setting, parameter, expected));
        };
        if !is_new {
            return Err(
                setting.error(format_args!("duplicate parameter \"{parameter}\" in \"pta_once\" directive"))
            );
        }
    }
    let Some(name) = zone else {
        return Err(setting.error(format_args!("\"pta_once\" directive needs \"zone=name\"")));
    };
    let place = setting.place();
    let zone = MainConf::find(setting.cf())?.claim_zones().find_or_add(name, place);
    let methods = methods.unwrap_or(!(HARMLESS as usize));
    Ok(Written::On(Rc::new(OnceRules { zone, methods, releases, place })))
}

fn parse_methods(setting: &OnceSetting<'_>, parameter: ngx_str_t, list: &[u8]) -> Result<usize, SetError> {
    let mut methods = 0;
    for word in list.split(|byte| *byte == b',') {
        let known = METHODS.iter().find(|(name, _)| name.as_bytes().eq_ignore_ascii_case(word));
        let Some((_, method)) = known else {
            let word = word.escape_ascii();
            return Err(refuse(setting, parameter, &format!("\"{word}\" is not a method that nginx knows")));
        };
        if methods & *method as usize != 0 {
            let word = word.escape_ascii();
            return Err(refuse(setting, parameter, &format!("\"{word}\" is listed twice")));
        }
        methods |= *method as usize;
    }
    Ok(methods)
}

fn refuse(setting: &OnceSetting<'_>, parameter: ngx_str_t, reason: &str) -> SetError {
    setting.error(format_args!("invalid parameter \"{parameter}\" in \"pta_once\" directive, {reason}"))
}
