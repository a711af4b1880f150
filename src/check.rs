//! One check: the tokens of the client's request, as one location looks for them, before its keys.

use nginx_sys::ngx_time;
use ngx::ngx_log_debug_http;
use pta_token::{DecodeError, KeyRing, Verdict, decode, decode_watched, decoded_len};

use crate::conf::LocConf;
use crate::ngx_ext::{OutOfMemory, Request};
use crate::outcome::{Candidate, Outcome, Source};
use crate::record::Record;
use crate::{accel_redirect, client, cookie, query};

/// What the keys of `conf` say to the request; noted in the record.
pub(crate) fn check<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    conf: &'r LocConf,
) -> Result<Verdict<'r>, OutOfMemory> {
    let (verdict, candidate) = match conf.ring() {
        Some(ring) => search(request, record, conf, ring)?,
        None => (Verdict::Missing, None),
    };
    record.set_outcome(Outcome::new(verdict, candidate, conf));
    Ok(verdict)
}

/// The first candidate that is allowed, or the verdict on the one that decides.
fn search<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    conf: &'r LocConf,
    ring: &KeyRing,
) -> Result<(Verdict<'r>, Option<Candidate<'r>>), OutOfMemory> {
    let name = conf.policy().name();
    let methods = conf.auth_methods();
    if methods.query
        && let Some(token) = query::find(client::query(request, record), name)
    {
        // Even an empty or bad argument decides alone.
        let candidate = Candidate { source: Source::Query, token };
        return Ok((judge(request, record, conf, ring, candidate)?, Some(candidate)));
    }
    let mut last = (Verdict::Missing, None);
    if methods.cookie {
        for token in cookie::values(request, name) {
            let candidate = Candidate { source: Source::Cookie, token };
            last = (judge(request, record, conf, ring, candidate)?, Some(candidate));
            if matches!(last.0, Verdict::Allowed(_)) {
                break;
            }
        }
    }
    Ok(last)
}

fn judge<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    conf: &LocConf,
    ring: &KeyRing,
    candidate: Candidate<'r>,
) -> Result<Verdict<'r>, OutOfMemory> {
    let token = candidate.token;
    let path = client::path(request, record)?;
    let buffer = request.allocate_bytes(decoded_len(token.len()))?;
    // A leeway moves the clock back for expiry alone.
    let now = ngx_time().saturating_sub(conf.policy().leeway());
    let verdict = |decoded| {
        if conf.redirects() { accel_redirect::judge(decoded, now) } else { Verdict::of(decoded, now, path) }
    };
    if !request.logs_debug() {
        return Ok(verdict(decode(ring, token, buffer)));
    }
    debug(request, format_args!("candidate from {}, {} bytes", candidate.source.word(), token.len()));
    let decoded = decode_watched(ring, token, buffer, |pair, attempt| {
        debug(request, format_args!("pair {pair}: {attempt}"));
    });
    match &decoded {
        Ok(claims) => debug(request, format_args!("token for {:?} until {}", claims.path, claims.expires)),
        Err(DecodeError::Malformed) => {
            debug(request, format_args!("not an even number of hexadecimal digits"));
        }
        Err(DecodeError::Undecryptable) => debug(request, format_args!("no token of these keys")),
    }
    let verdict = verdict(decoded);
    match &verdict {
        Verdict::Expired(claims) => debug(request, format_args!("expired, {} < {now}", claims.expires)),
        Verdict::PathMismatch(claims) => {
            debug(request, format_args!("path \"{}\" does not match {:?}", path.escape_ascii(), claims.path));
        }
        Verdict::Allowed(claims) => {
            debug(request, format_args!("path \"{}\" matches {:?}", path.escape_ascii(), claims.path));
        }
        Verdict::Missing | Verdict::Malformed | Verdict::Undecryptable => {}
    }
    Ok(verdict)
}

#[cold]
fn debug(request: Request<'_>, message: core::fmt::Arguments<'_>) {
    ngx_log_debug_http!(request, "pta: {message}");
}
