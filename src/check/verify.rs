//! One check: finds the tokens of the client's request by the rules of one location, and tries its
//! keys.

use nginx_sys::ngx_time;
use ngx::ngx_log_debug_http;
use pta_token::{Claims, KeyRing, Refusal, Verdict, buffer_len, decode, decode_watched};

use crate::check::dav;
use crate::conf::LocConf;
use crate::conf::accel_redirect::is_target;
use crate::nginx::cookies;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::request::outcome::{Candidate, Outcome, Source};
use crate::request::record::Record;
use crate::request::{masked, original};
use pta_http::query;

/// Checks the request with the keys of `conf`, and notes the verdict in the record. It is about the
/// first candidate that is allowed, or else about the candidate that decides.
#[inline]
pub(crate) fn verify<'a, 'r>(
    request: Request<'r>,
    record: &'a Record<'r>,
    conf: &'r LocConf,
) -> Result<&'a Outcome<'r>, OutOfMemory> {
    let missing = || {
        let outcome = record.new_outcome();
        outcome.set_missing(conf);
        outcome
    };
    let Some(ring) = conf.ring() else { return Ok(missing()) };
    let name = conf.policy().name();
    let methods = conf.auth_methods();
    if methods.query {
        let target = original::target(record);
        if let Some(argument) = query::find(target.query, name) {
            let is_single = target.fragment.is_empty() && argument.is_single(name);
            let is_alone = is_single && conf.policy().masks() && argument.is_alone(target.path);
            let candidate = Candidate { source: Source::Query, token: argument.value, is_single, is_alone };
            // Even an empty or invalid argument decides alone.
            return verify_token(request, record, conf, ring, candidate);
        }
    }
    let mut outcome = missing();
    if methods.cookie {
        for token in cookies::values(request, name) {
            let candidate = Candidate { source: Source::Cookie, token, is_single: false, is_alone: false };
            outcome = verify_token(request, record, conf, ring, candidate)?;
            if outcome.is_allowed() {
                break;
            }
        }
    }
    Ok(outcome)
}

/// Checks one candidate, and notes the verdict.
fn verify_token<'a, 'r>(
    request: Request<'r>,
    record: &'a Record<'r>,
    conf: &'r LocConf,
    ring: &KeyRing,
    candidate: Candidate<'r>,
) -> Result<&'a Outcome<'r>, OutOfMemory> {
    let path = original::path(request, record)?;
    let buffer = request.allocate_bytes(buffer_len(candidate.token.len()))?;
    let logs_debug = request.logs_debug();
    let decoded = if logs_debug {
        decode_and_log(request, record, ring, candidate, buffer)?
    } else {
        decode(ring, candidate.token, buffer)
    };
    // A leeway moves the clock back for expiry alone.
    let now = ngx_time().saturating_sub(conf.policy().leeway());
    let mut dav_result = Ok(());
    let verdict = Verdict::of(decoded, now, |pattern| {
        // With pta_accel_redirect, the token is not compared with the request's path.
        let is_meant = if conf.redirects() { is_target(pattern) } else { pattern.matches(path) };
        if !is_meant || !dav::concerns(request) {
            return is_meant;
        }
        dav::allows(request, record, conf, pattern, path).unwrap_or_else(|error| {
            dav_result = Err(error);
            false
        })
    });
    dav_result?;
    if logs_debug {
        log_verdict(request, record, &verdict, now, path)?;
    }
    let outcome = record.new_outcome();
    outcome.set(&verdict, candidate, conf);
    Ok(outcome)
}

#[cold]
fn decode_and_log<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    ring: &KeyRing,
    candidate: Candidate<'r>,
    buffer: &'r mut [u8],
) -> Result<Result<Claims<'r>, Refusal>, OutOfMemory> {
    let Candidate { source, token, .. } = candidate;
    debug(request, format_args!("candidate from {}, {} bytes", source.word(), token.len()));
    let decoded = decode_watched(ring, token, buffer, |pair, attempt| {
        debug(request, format_args!("pair {pair}: {attempt}"));
    });
    match &decoded {
        Ok(claims) => {
            let path = masked::path(request, record, claims.path.as_bytes())?.escape_ascii();
            debug(request, format_args!("token for \"{path}\" until {}", claims.expires));
        }
        Err(Refusal::Malformed) => {
            debug(request, format_args!("not an even number of hexadecimal digits"));
        }
        Err(_) => debug(request, format_args!("no token of these keys")),
    }
    Ok(decoded)
}

#[cold]
fn log_verdict<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    verdict: &Verdict<'r>,
    now: i64,
    path: &'r [u8],
) -> Result<(), OutOfMemory> {
    let (claims, relation) = match verdict {
        Verdict::Expired(claims) => {
            debug(request, format_args!("expired, {} < {now}", claims.expires));
            return Ok(());
        }
        Verdict::PathMismatch(claims) => (claims, "does not match"),
        Verdict::Allowed(claims) => (claims, "matches"),
        Verdict::Missing | Verdict::Malformed | Verdict::Undecryptable => return Ok(()),
    };
    let path = masked::path(request, record, path)?.escape_ascii();
    let pattern = masked::path(request, record, claims.path.as_bytes())?.escape_ascii();
    debug(request, format_args!("path \"{path}\" {relation} \"{pattern}\""));
    Ok(())
}

#[cold]
fn debug(request: Request<'_>, message: core::fmt::Arguments<'_>) {
    ngx_log_debug_http!(request, "pta: {message}");
}
