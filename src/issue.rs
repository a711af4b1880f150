//! nginx issues tokens: `pta_issue path lifetime | off` and the variables `$pta_token` and `$pta_token_expires`.

use core::cell::Cell;
use core::mem::MaybeUninit;
use core::ptr::{self, NonNull};
use std::rc::Rc;

use nginx_sys::{
    NGX_LOG_ERR, ngx_http_compile_complex_value, ngx_http_compile_complex_value_t, ngx_http_complex_value,
    ngx_http_complex_value_t, ngx_palloc, ngx_str_t, ngx_time,
};
use ngx::core::Status;
use ngx::ngx_log_error;
use pta_token::{KeyPair, encode};

use crate::conf::LocConf;
use crate::fault::{self, Stage};
use crate::mask;
use crate::ngx_ext::{Core, OutOfMemory, Request, bytes_of};
use crate::place::Place;
use crate::setting::{Directive, SetError, Setting, parse_seconds, set_once};
use crate::values::{escape_stars, split_at_wildcard};

/// The `pta_issue` of a location.
pub(crate) enum IssueConf {
    Off,
    Token(TokenConf),
}

impl IssueConf {
    pub(crate) fn token(&self) -> Option<&TokenConf> {
        match self {
            Self::Off => None,
            Self::Token(token) => Some(token),
        }
    }
}

/// The tokens that a location issues.
pub(crate) struct TokenConf {
    /// The path before the wildcard, and the one behind it if there is a wildcard.
    prefix: Text,
    suffix: Option<Text>,
    lifetime: u32,
    place: Place,
}

impl TokenConf {
    pub(crate) fn place(&self) -> Place {
        self.place
    }
}

/// A text with variables, in nginx's memory for as long as the configuration lives.
#[derive(Clone, Copy)]
struct Text(NonNull<ngx_http_complex_value_t>);

impl Text {
    fn compile(setting: &Setting<'_>, text: &[u8]) -> Result<Self, SetError> {
        let cf = setting.cf().as_ptr();
        // SAFETY: `cf` and its pool are valid while a directive is read. All bits zero is how nginx itself begins
        // a compilation; the text is copied into the pool, because nginx keeps referring to it.
        unsafe {
            if fault::out_of_memory(Stage::Configuration, (*cf).log) {
                return Err(SetError::Logged);
            }
            let Some(mut copy) = ngx_str_t::from_bytes((*cf).pool, text) else {
                return Err(SetError::Logged);
            };
            let memory = ngx_palloc((*cf).pool, size_of::<ngx_http_complex_value_t>()).cast();
            let Some(value) = NonNull::new(memory) else { return Err(SetError::Logged) };
            let mut compile: ngx_http_compile_complex_value_t = MaybeUninit::zeroed().assume_init();
            compile.cf = cf;
            compile.value = &raw mut copy;
            compile.complex_value = value.as_ptr();
            if Status(ngx_http_compile_complex_value(&raw mut compile)) != Status::NGX_OK {
                return Err(SetError::Logged);
            }
            Ok(Self(value))
        }
    }

    fn evaluate(self, request: Request<'_>) -> Result<&[u8], OutOfMemory> {
        let mut value = ngx_str_t { len: 0, data: ptr::null_mut() };
        // SAFETY: the request is live, and its configuration with it.
        let status = unsafe { ngx_http_complex_value(request.as_ptr(), self.0.as_ptr(), &raw mut value) };
        if Status(status) != Status::NGX_OK {
            return Err(OutOfMemory);
        }
        // SAFETY: nginx has evaluated it into the request's pool, or it is a part of the request or configuration.
        Ok(unsafe { bytes_of(value) })
    }
}

/// `pta_issue path lifetime | off`
pub(crate) struct Issue;

impl Directive for Issue {
    fn set(setting: &mut Setting<'_>) -> Result<(), SetError> {
        let mut values = setting.values();
        let (first, lifetime) = (values.next().unwrap_or_default(), values.next());
        let conf = match lifetime {
            None if is_off(first) => IssueConf::Off,
            None => {
                let expected = "\"off\", or a path and a lifetime";
                return Err(setting.invalid(first, format_args!("{expected}")));
            }
            Some(lifetime) if is_off(first) => {
                return Err(setting.error(format_args!(
                    "invalid parameter \"{lifetime}\" in \"pta_issue\" directive, \"off\" takes no lifetime"
                )));
            }
            Some(lifetime) => IssueConf::Token(token_conf(setting, first, lifetime)?),
        };
        set_once(setting.conf.issue_mut(), Rc::new(conf))
    }
}

fn is_off(value: ngx_str_t) -> bool {
    value.as_bytes().eq_ignore_ascii_case(b"off")
}

fn token_conf(setting: &Setting<'_>, path: ngx_str_t, lifetime: ngx_str_t) -> Result<TokenConf, SetError> {
    let refuse = |reason| {
        Err(setting.error(format_args!("invalid path \"{path}\" in \"pta_issue\" directive, {reason}")))
    };
    let Some((prefix, suffix)) = split_at_wildcard(path.as_bytes()) else {
        return refuse("it has more than one wildcard \"*\"");
    };
    // The value of a variable at the beginning is known only when a token is made.
    if !matches!(path.as_bytes().first(), Some(b'/' | b'$')) {
        return refuse("it must begin with \"/\"");
    }
    let lifetime = match parse_seconds(lifetime) {
        Some(seconds) if seconds > 0 => seconds,
        _ => {
            return Err(setting.error(format_args!(
                "invalid lifetime \"{lifetime}\" in \"pta_issue\" directive, it must be a time from 1s to 136y"
            )));
        }
    };
    Ok(TokenConf {
        prefix: Text::compile(setting, &prefix)?,
        suffix: suffix.map(|suffix| Text::compile(setting, &suffix)).transpose()?,
        lifetime,
        place: setting.place(),
    })
}

thread_local! {
    /// Whether a path is being evaluated. A worker does one thing at a time, so one flag is enough.
    static EVALUATING: Cell<bool> = const { Cell::new(false) };
}

/// Marks the evaluation of a path, for as long as it lives.
struct Evaluation;

impl Evaluation {
    /// Nothing when one is under way: a path that contains `$pta_token`, even by a detour, would grow without end.
    fn begin() -> Option<Self> {
        (!EVALUATING.replace(true)).then_some(Self)
    }
}

impl Drop for Evaluation {
    fn drop(&mut self) {
        EVALUATING.set(false);
    }
}

/// The token that the location issues for this request, made anew each time.
pub(crate) fn token(request: Request<'_>) -> Result<Option<&[u8]>, OutOfMemory> {
    let Some((conf, pair)) = issuer(request)? else { return Ok(None) };
    let Some(_evaluation) = Evaluation::begin() else {
        refuse(request, "contains $pta_token itself")?;
        return Ok(None);
    };
    let Some(path) = path(request, conf)? else { return Ok(None) };
    // parse() has not seen this path before: the error, if any, has been logged there.
    let Ok(token) = encode(pair, expires_at(conf), &path) else { return Ok(None) };
    let memory = request.allocate_bytes(token.len())?;
    memory.copy_from_slice(token.as_bytes());
    Ok(Some(memory))
}

/// When that token expires, in Unix time.
pub(crate) fn expires(request: Request<'_>) -> Result<Option<i64>, OutOfMemory> {
    Ok(issuer(request)?.map(|(conf, _)| expires_at(conf)))
}

fn issuer(request: Request<'_>) -> Result<Option<(&TokenConf, &KeyPair)>, OutOfMemory> {
    let conf = LocConf::of(request);
    let issuer = conf.issue().zip(conf.issuing_pair());
    if issuer.is_none() && !conf.has_reported_missing_issue() {
        conf.set_reported_missing_issue();
        report_missing_issue(request, conf)?;
    }
    Ok(issuer)
}

/// Logs the reason once for each worker and location. Otherwise it looks as if the client had lost
/// the token of its link.
#[cold]
fn report_missing_issue(request: Request<'_>, conf: &LocConf) -> Result<(), OutOfMemory> {
    mask::mask_line_of_main(request, conf.policy())?;
    ngx_log_error!(
        NGX_LOG_ERR,
        request.log(),
        "pta: $pta_token or $pta_token_expires is empty, no \"pta_issue\" applies in location \"{}\"",
        request.loc_conf::<Core>().name
    );
    Ok(())
}

fn expires_at(conf: &TokenConf) -> i64 {
    ngx_time().saturating_add(i64::from(conf.lifetime))
}

/// Does not log the path: it may contain what a client sent, even a token.
fn refuse(request: Request<'_>, reason: &str) -> Result<(), OutOfMemory> {
    mask::mask_line_of_main(request, LocConf::of(request).policy())?;
    ngx_log_error!(NGX_LOG_ERR, request.log(), "pta: no token issued, the path of \"pta_issue\" {reason}");
    Ok(())
}

/// The path pattern of the token: stars in the values are literal.
fn path(request: Request<'_>, conf: &TokenConf) -> Result<Option<Vec<u8>>, OutOfMemory> {
    let prefix = conf.prefix.evaluate(request)?;
    if prefix.first() != Some(&b'/') {
        refuse(request, "does not begin with \"/\"")?;
        return Ok(None);
    }
    let mut path = escape_stars(prefix);
    if let Some(suffix) = conf.suffix {
        if path.last() == Some(&b'\\') {
            refuse(request, "has \"\\\" before its wildcard, which would make that literal")?;
            return Ok(None);
        }
        path.push(b'*');
        path.extend(escape_stars(suffix.evaluate(request)?));
    }
    Ok(Some(path))
}
