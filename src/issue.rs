//! Issues tokens in `$pta_token` and `$pta_token_expires`, by the `pta_issue` of a location.

use core::cell::Cell;
use core::fmt;

use nginx_sys::{NGX_LOG_ERR, ngx_time};
use ngx::ngx_log_error;
use pta_http::writer::Terminated;
use pta_token::{KeyPair, Nonce, PathPattern, SealKey, Sealing, encode, encode_sealed, escape_stars};

use crate::conf::LocConf;
use crate::conf::issue::TokenConf;
use crate::nginx::conf::{Conf, Logged};
use crate::nginx::http_module::Core;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::nginx::variable::{self, Variable, digits};
use crate::request::masked;

static VARIABLES: [Variable; 2] =
    [("pta_token", token), ("pta_token_expires", |request| digits(request, expires(request)?))];

/// Unlike the variables about the check, these depend on the location that reads them.
pub(crate) fn register(cf: Conf<'_>) -> Result<(), Logged> {
    variable::register(cf, &VARIABLES)
}

thread_local! {
    /// Whether a path is being evaluated. A worker has one thread, so one flag is enough.
    static EVALUATING: Cell<bool> = const { Cell::new(false) };
}

/// While a value of this type exists, a path is being evaluated.
struct Evaluation;

impl Evaluation {
    /// `None` during another evaluation. Otherwise, a path that contains `$pta_token`, even through
    /// other variables, would never end.
    fn begin() -> Option<Self> {
        (!EVALUATING.replace(true)).then_some(Self)
    }
}

impl Drop for Evaluation {
    fn drop(&mut self) {
        EVALUATING.set(false);
    }
}

/// A token, and what it says.
pub(crate) struct Issued<'r> {
    pub(crate) token: &'r [u8],
    /// The paths that it allows.
    pub(crate) pattern: PathPattern<'r>,
}

/// Issues a token by the `pta_issue` of the location. Each call makes a new one. `None` if no
/// `pta_issue` applies or its path is not valid, which is logged.
pub(crate) fn issue(request: Request<'_>) -> Result<Option<Issued<'_>>, OutOfMemory> {
    let Some((token, path)) = make(request)? else { return Ok(None) };
    let (token, path) = (request.concat([token.as_bytes()])?.bytes(), request.concat([&path[..]])?.bytes());
    Ok(PathPattern::parse(path).ok().map(|pattern| Issued { token, pattern }))
}

/// A token and its path, and counts it.
fn make(request: Request<'_>) -> Result<Option<(String, Vec<u8>)>, OutOfMemory> {
    let Some((conf, pair)) = issuer(request)? else { return Ok(None) };
    let Some(_evaluation) = Evaluation::begin() else {
        log_refusal(request, "contains $pta_token itself")?;
        return Ok(None);
    };
    let Some(path) = path(request, conf)? else { return Ok(None) };
    // This does not fail: `path` logs and refuses every path that is not valid.
    let expires = conf.expires_at(ngx_time());
    let made = match pair.seal_key() {
        None => encode(pair, expires, &path).ok(),
        Some(key) => sealed(request, conf, (pair, key), expires, &path)?,
    };
    let Some(token) = made else { return Ok(None) };
    if let Some(counters) = LocConf::of(request).counters() {
        counters.count_issued();
    }
    Ok(Some((token, path)))
}

/// A sealed token. `None` if a value of its binding is empty, or if the system has no random bytes.
/// Both are logged.
fn sealed(
    request: Request<'_>,
    conf: &TokenConf,
    (pair, key): (&KeyPair, &SealKey),
    expires: i64,
    path: &[u8],
) -> Result<Option<String>, OutOfMemory> {
    let values = conf.seal().values().evaluate(request)?;
    let Ok(binding) = values.binding() else {
        log_no_token(request, format_args!("a \"bind\" of \"pta_issue\" is empty"))?;
        return Ok(None);
    };
    let mut nonce = None;
    if conf.seal().has_nonce() {
        let mut random = [0; 12];
        if let Err(error) = getrandom::fill(&mut random) {
            log_no_token(request, format_args!("no random bytes for \"once\" of \"pta_issue\", {error}"))?;
            return Ok(None);
        }
        nonce = Some(Nonce::new(&random));
    }
    Ok(encode_sealed(pair, expires, path, Sealing { key, nonce: nonce.as_ref(), binding }).ok())
}

fn token(request: Request<'_>) -> Result<Option<&[u8]>, OutOfMemory> {
    // Its path is not parsed again, because nothing is compared with it.
    make(request)?.map(|(token, _)| request.concat([token.as_bytes()]).map(Terminated::bytes)).transpose()
}

/// The Unix time at which that token expires.
fn expires(request: Request<'_>) -> Result<Option<i64>, OutOfMemory> {
    Ok(issuer(request)?.map(|(conf, _)| conf.expires_at(ngx_time())))
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

/// Logs the reason once for each worker and location. An empty variable makes links without a
/// token, which look like mistakes of the client.
#[cold]
fn report_missing_issue(request: Request<'_>, conf: &LocConf) -> Result<(), OutOfMemory> {
    masked::mask_line_of_main(request, conf.policy())?;
    ngx_log_error!(
        NGX_LOG_ERR,
        request.log(),
        "pta: $pta_token or $pta_token_expires is empty, no \"pta_issue\" applies in location \"{}\"",
        request.loc_conf::<Core>().name
    );
    Ok(())
}

/// Logs why no token is issued. It does not log the path, which may contain a client's token.
fn log_refusal(request: Request<'_>, reason: &str) -> Result<(), OutOfMemory> {
    log_no_token(request, format_args!("the path of \"pta_issue\" {reason}"))
}

fn log_no_token(request: Request<'_>, reason: fmt::Arguments<'_>) -> Result<(), OutOfMemory> {
    masked::mask_line_of_main(request, LocConf::of(request).policy())?;
    ngx_log_error!(NGX_LOG_ERR, request.log(), "pta: no token issued, {reason}");
    Ok(())
}

/// The path pattern of the token. Stars in the values of variables are literal.
fn path(request: Request<'_>, conf: &TokenConf) -> Result<Option<Vec<u8>>, OutOfMemory> {
    let prefix = conf.prefix().evaluate(request)?;
    if prefix.first() != Some(&b'/') {
        log_refusal(request, "does not begin with \"/\"")?;
        return Ok(None);
    }
    let mut path = escape_stars(prefix).into_owned();
    if let Some(suffix) = conf.suffix() {
        if path.last() == Some(&b'\\') {
            log_refusal(request, "has \"\\\" before its wildcard, which would make that literal")?;
            return Ok(None);
        }
        path.push(b'*');
        path.extend_from_slice(&escape_stars(suffix.evaluate(request)?));
    }
    Ok(Some(path))
}
