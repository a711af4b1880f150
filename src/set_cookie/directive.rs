//! The table of directives, and the setter of `pta_set_cookie`.

use std::rc::Rc;

use nginx_sys::{NGX_CONF_1MORE, ngx_str_t};

use crate::conf::setting::{Directive, SetError, Setting, set_once};
use crate::conf::table::{Command, Table};
use crate::set_cookie::conf::{CookieConf, Parameters, SameSite, SetCookie, Written};

static mut DIRECTIVES: [Command<SetCookie>; 2] =
    [Command::new::<SetCookieDirective>(c"pta_set_cookie", NGX_CONF_1MORE), Command::END];

/// The table of `ngx_http_pta_set_cookie_module`.
pub(super) const fn table() -> Table<SetCookie> {
    // SAFETY: the static ends with END.
    unsafe { Table::new(&raw mut DIRECTIVES) }
}

type CookieSetting<'a> = Setting<'a, CookieConf>;

/// `pta_set_cookie on | off | parameter ...`
struct SetCookieDirective;

impl Directive<SetCookie> for SetCookieDirective {
    fn set(setting: &mut CookieSetting<'_>) -> Result<(), SetError> {
        let parameters = parse(setting)?;
        let written = Written { parameters, place: setting.place() };
        set_once(&mut setting.conf.written, Rc::new(written))
    }
}

/// The parameters that are written, each at most once.
#[derive(Default)]
struct Given {
    domain: Option<Box<[u8]>>,
    path: Option<Box<[u8]>>,
    same_site: Option<SameSite>,
    secure: Option<bool>,
    http_only: Option<bool>,
    partitioned: Option<bool>,
    redirect: Option<bool>,
}

/// `None` for `off`.
fn parse(setting: &CookieSetting<'_>) -> Result<Option<Parameters>, SetError> {
    let is = |value: ngx_str_t, word: &[u8]| value.as_bytes().eq_ignore_ascii_case(word);
    let switch = setting.values().find(|value| is(*value, b"on") || is(*value, b"off"));
    if let Some(word) = switch.filter(|_| setting.values().count() > 1) {
        return Err(refuse(setting, word, "it must be alone"));
    }
    let mut given = Given::default();
    if is(setting.value(), b"off") {
        return Ok(None);
    }
    if !is(setting.value(), b"on") {
        for value in setting.values() {
            read(setting, value, &mut given)?;
        }
    }
    check(setting, &given)?;
    Ok(Some(Parameters {
        domain: given.domain,
        path: given.path,
        same_site: given.same_site.unwrap_or(SameSite::Lax),
        secure: given.secure,
        http_only: given.http_only.unwrap_or(true),
        partitioned: given.partitioned.is_some(),
        redirect: given.redirect.is_some(),
    }))
}

fn read(setting: &CookieSetting<'_>, value: ngx_str_t, given: &mut Given) -> Result<(), SetError> {
    let text = value.as_bytes();
    let (word, argument) = match text.iter().position(|&byte| byte == b'=') {
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at.saturating_add(1)..)),
        None => (text, None),
    };
    let is_new = match (word.to_ascii_lowercase().as_slice(), argument) {
        (b"domain", Some(host)) if is_host_name(host) => fill(&mut given.domain, host.into()),
        (b"domain", Some(_)) => return Err(refuse(setting, value, "the domain must be a host name")),
        (b"path", Some(path)) if is_cookie_path(path) => fill(&mut given.path, path.into()),
        (b"path", Some(_)) => {
            let reason =
                "the path must begin with \"/\", and have no \";\", \",\", blanks or bytes outside ASCII";
            return Err(refuse(setting, value, reason));
        }
        (b"samesite", Some(word)) => match word.to_ascii_lowercase().as_slice() {
            b"strict" => fill(&mut given.same_site, SameSite::Strict),
            b"lax" => fill(&mut given.same_site, SameSite::Lax),
            b"none" => fill(&mut given.same_site, SameSite::None),
            _ => return Err(refuse(setting, value, "it must be \"strict\", \"lax\" or \"none\"")),
        },
        (b"secure", None) => fill(&mut given.secure, true),
        (b"nosecure", None) => fill(&mut given.secure, false),
        (b"httponly", None) => fill(&mut given.http_only, true),
        (b"nohttponly", None) => fill(&mut given.http_only, false),
        (b"partitioned", None) => fill(&mut given.partitioned, true),
        (b"redirect", None) => fill(&mut given.redirect, true),
        _ => {
            let reason = "it must be \"on\", \"off\", \"domain=name\", \"path=/p\", \"samesite=strict|lax|none\", \
                          \"secure\", \"nosecure\", \"httponly\", \"nohttponly\", \"partitioned\" or \"redirect\"";
            return Err(refuse(setting, value, reason));
        }
    };
    if is_new {
        return Ok(());
    }
    Err(setting.error(format_args!("duplicate parameter \"{value}\" in \"pta_set_cookie\" directive")))
}

/// Whether the slot was empty.
fn fill<T>(slot: &mut Option<T>, value: T) -> bool {
    slot.replace(value).is_none()
}

fn refuse(setting: &CookieSetting<'_>, value: ngx_str_t, reason: &str) -> SetError {
    setting.error(format_args!("invalid parameter \"{value}\" in \"pta_set_cookie\" directive, {reason}"))
}

/// Browsers drop a cookie with these mistakes.
fn check(setting: &CookieSetting<'_>, given: &Given) -> Result<(), SetError> {
    let refuse = |parameter: &str, other: &str| {
        Err(setting.error(format_args!("\"{parameter}\" needs \"{other}\" in \"pta_set_cookie\" directive")))
    };
    let is_secure = given.secure == Some(true);
    let is_none = given.same_site == Some(SameSite::None);
    if given.partitioned.is_some() && !is_secure {
        return refuse("partitioned", "secure");
    }
    if given.partitioned.is_some() && !is_none {
        return refuse("partitioned", "samesite=none");
    }
    if is_none && !is_secure {
        return refuse("samesite=none", "secure");
    }
    Ok(())
}

fn is_cookie_path(path: &[u8]) -> bool {
    path.first() == Some(&b'/')
        && path.iter().all(|byte| matches!(byte, b'!'..=b'~') && !b";,".contains(byte))
}

/// Letters, digits and hyphens, in labels with dots between them.
fn is_host_name(name: &[u8]) -> bool {
    let is_label = |label: &[u8]| {
        (1..=63).contains(&label.len())
            && label.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
            && label.first() != Some(&b'-')
            && label.last() != Some(&b'-')
    };
    name.len() <= 253 && name.split(|&byte| byte == b'.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_a_host_name() {
        let label = "a".repeat(63);
        for name in ["example.com", "localhost", "a-b.c", "127.0.0.1", "xn--e1afmkfd.example", &label] {
            assert!(is_host_name(name.as_bytes()), "{name}");
        }
        let long = "a.".repeat(127) + "a";
        for name in [
            "",
            ".",
            ".example.com",
            "example.com.",
            "a..b",
            "-a",
            "a-",
            "a_b",
            "a b",
            "a:80",
            "a/b",
            "ü",
            "a;b",
            &format!("{label}a"),
            &long,
        ] {
            assert!(!is_host_name(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn a_path_is_printable_ascii_without_separators() {
        for byte in 0..=255_u8 {
            let wanted = (33..=126).contains(&byte) && byte != b';' && byte != b',';
            assert_eq!(is_cookie_path(&[b'/', byte]), wanted, "{byte}");
            assert_eq!(is_cookie_path(&[byte]), byte == b'/', "{byte}");
        }
        assert!(!is_cookie_path(b""));
    }
}
