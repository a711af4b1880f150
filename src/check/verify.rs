//! Checks the client's request by the rules of one location: finds the tokens and decrypts them.

use nginx_sys::ngx_time;
use ngx::ngx_log_debug_http;
use pta_token::{Circumstances, Claims, KeyRing, PathPattern, Refusal, SealedToken, buffer_len, decode};

use crate::check::seal::{Decoded, Opener, SealCheck, Stop, Unopened, Unsealed, explain};
use crate::check::{dav, replay};
use crate::conf::LocConf;
use crate::nginx::cookies;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::request::outcome::{Candidate, Content, Outcome, Source};
use crate::request::record::Record;
use crate::request::{header_token, masked, original};
use pta_http::query;

/// Checks the request with the keys of `conf`, and notes the outcome in the record. The outcome
/// describes the first allowed candidate. If all are refused, it describes the argument, or the
/// last cookie if there is none.
#[inline]
pub(crate) fn verify<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    conf: &'r LocConf,
) -> Result<&'r Outcome<'r>, OutOfMemory> {
    verify_with(request, record, conf, conf.ring())
}

/// As `verify`, with these keys.
#[allow(clippy::inline_always)] // two callers, and requests pass one of them
#[inline(always)]
pub(super) fn verify_with<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    conf: &'r LocConf,
    ring: Option<&KeyRing>,
) -> Result<&'r Outcome<'r>, OutOfMemory> {
    let found = match verify_candidates(request, record, conf, ring, Unsealed) {
        Ok(found) => found,
        Err(Stop::Sealed) => verify_sealed(request, record, conf, ring)?,
        Err(Stop::OutOfMemory | Stop::Ignored) => return Err(OutOfMemory),
    };
    let outcome = match found {
        Some(outcome) => outcome,
        None => request.allocate(Outcome::missing(conf))?,
    };
    record.set_outcome(outcome);
    Ok(outcome)
}

/// Begins anew with a check that also opens sealed tokens.
#[cold]
#[inline(never)]
fn verify_sealed<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    conf: &'r LocConf,
    ring: Option<&KeyRing>,
) -> Result<Option<&'r Outcome<'r>>, OutOfMemory> {
    let check = SealCheck::new(request, record, conf);
    verify_candidates(request, record, conf, ring, &check).map_err(|_| OutOfMemory)
}

#[allow(clippy::inline_always)] // two callers, and requests pass one of them
#[inline(always)]
fn verify_candidates<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    conf: &'r LocConf,
    ring: Option<&KeyRing>,
    opener: impl Opener<'r>,
) -> Result<Option<&'r Outcome<'r>>, Stop> {
    let Some(ring) = ring else { return Ok(None) };
    let name = conf.policy().name();
    let methods = conf.auth_methods();
    // The methods in their order. The first one with a candidate decides alone, even if the
    // candidate is empty or invalid. With `fallback`, the others may still allow the request, but
    // the refusal remains that of the first one.
    let mut refused = None;
    if methods.query {
        if let Some(candidate) = argument(record, conf, name) {
            let outcome = verify_token(request, record, conf, ring, candidate, opener)?;
            if !methods.fallback || outcome.is_allowed() {
                return Ok(Some(outcome));
            }
            refused = Some(outcome);
        }
    }
    if methods.header {
        if let Some(token) = header_token::find(request, record, conf.policy().header()) {
            let candidate = Candidate { source: Source::Header, token, is_single: false, is_alone: false };
            let outcome = verify_token(request, record, conf, ring, candidate, opener)?;
            if !methods.fallback || outcome.is_allowed() {
                return Ok(Some(outcome));
            }
            refused = refused.or(Some(outcome));
        }
    }
    if methods.cookie {
        let mut last = None;
        for token in cookies::values(request, name) {
            let candidate = Candidate { source: Source::Cookie, token, is_single: false, is_alone: false };
            let outcome = match verify_token(request, record, conf, ring, candidate, opener) {
                Ok(outcome) => outcome,
                Err(Stop::Ignored) => continue,
                Err(stop) => return Err(stop),
            };
            if outcome.is_allowed() {
                return Ok(Some(outcome));
            }
            last = Some(outcome);
        }
        refused = refused.or(last);
    }
    Ok(refused)
}

/// The token in the query.
#[allow(clippy::inline_always)] // twice in the code, once in each request
#[inline(always)]
fn argument<'r>(record: &Record<'r>, conf: &LocConf, name: &[u8]) -> Option<Candidate<'r>> {
    let target = original::target(record);
    let argument = query::find(target.query, name)?;
    let is_single = target.fragment.is_empty() && argument.is_single(name);
    let is_alone = is_single && conf.policy().masks() && argument.is_alone(target.path);
    Some(Candidate { source: Source::Query, token: argument.value, is_single, is_alone })
}

/// Checks one candidate.
fn verify_token<'r, O: Opener<'r>>(
    request: Request<'r>,
    record: &Record<'r>,
    conf: &'r LocConf,
    ring: &KeyRing,
    candidate: Candidate<'r>,
    opener: O,
) -> Result<&'r Outcome<'r>, Stop> {
    // One piece of memory: a request may have many candidates.
    let (outcome, buffer) = request.allocate_with_bytes::<Outcome<'r>>(buffer_len(candidate.token.len()))?;
    let mut circumstances = LocationCircumstances { request, record, conf, failure: None };
    if O::OPENS_SEALED || request.logs_debug() || record.uses_once() {
        let found = verify_slowly(&mut circumstances, ring, candidate, buffer, opener)?;
        return Ok(outcome.write(found));
    }
    let claims = match decode(ring, candidate.token, buffer) {
        Ok(claims) => claims,
        Err(refusal) => {
            let fault = explain(ring, candidate.token, refusal)?;
            return Ok(outcome.write(Outcome::new(conf, candidate, Some(refusal), Content::Unopened(fault))));
        }
    };
    let refusal = claims.judge(&mut circumstances).err();
    if let Some(OutOfMemory) = circumstances.failure {
        return Err(Stop::OutOfMemory);
    }
    Ok(outcome.write(Outcome::new(conf, candidate, refusal, Content::Claims(claims))))
}

/// Why a token that could be decrypted does not allow the request, if it does not.
fn judge(
    circumstances: &mut LocationCircumstances<'_, '_>,
    claims: &Claims<'_>,
    candidate: Candidate<'_>,
) -> Option<Refusal> {
    let refusal = claims.judge(circumstances).err();
    let LocationCircumstances { request, record, conf, .. } = *circumstances;
    let is_replayed =
        refusal.is_none() && record.uses_once() && replay::is_replayed(request, conf, candidate.token);
    if is_replayed { Some(Refusal::Replayed) } else { refusal }
}

/// The same for sealed tokens, for tokens that may be used once, or with lines in the debug log.
#[cold]
#[inline(never)]
fn verify_slowly<'r>(
    circumstances: &mut LocationCircumstances<'_, 'r>,
    ring: &KeyRing,
    candidate: Candidate<'r>,
    buffer: &'r mut [u8],
    opener: impl Opener<'r>,
) -> Result<Outcome<'r>, Stop> {
    let LocationCircumstances { request, record, conf, .. } = *circumstances;
    let logs_debug = request.logs_debug();
    let decoded = if logs_debug {
        decode_and_log(request, record, ring, candidate, buffer, opener)?
    } else {
        opener.open(ring, candidate, buffer, |_, _| {})?
    };
    let (refusal, content) = match decoded {
        Ok(claims) => (judge(circumstances, &claims, candidate), Content::Claims(claims)),
        Err(unopened) => (Some(unopened.refusal), Content::Unopened(unopened.fault)),
    };
    if let Some(OutOfMemory) = circumstances.failure {
        return Err(Stop::OutOfMemory);
    }
    if logs_debug {
        if let Content::Claims(claims) = &content {
            log_judgement(circumstances, claims, refusal)?;
        }
    }
    Ok(Outcome::new(conf, candidate, refusal, content))
}

/// The values with which claims are compared in one location.
struct LocationCircumstances<'a, 'r> {
    request: Request<'r>,
    record: &'a Record<'r>,
    conf: &'r LocConf,
    /// Set if a comparison ran out of memory.
    failure: Option<OutOfMemory>,
}

impl Circumstances for LocationCircumstances<'_, '_> {
    /// The clock for the expiry. The leeway moves it back.
    #[inline]
    fn now(&mut self) -> i64 {
        ngx_time().saturating_sub(self.conf.policy().leeway())
    }

    #[inline]
    fn is_for(&mut self, pattern: &PathPattern<'_>) -> bool {
        self.path_is_for(pattern).unwrap_or_else(|failure| {
            self.failure = Some(failure);
            false
        })
    }
}

impl LocationCircumstances<'_, '_> {
    #[allow(clippy::inline_always)] // twice in the code, once in each request
    #[inline(always)]
    fn path_is_for(&self, pattern: &PathPattern<'_>) -> Result<bool, OutOfMemory> {
        let path = original::path(self.request, self.record)?;
        let is_for = self.conf.is_for(pattern, path);
        if !is_for || !dav::concerns(self.request.main()) {
            return Ok(is_for);
        }
        if self.conf.is_gate() {
            return Ok(dav::allows_asked(self.request, pattern, path));
        }
        dav::allows(self.request, self.record, self.conf, pattern, path)
    }
}

#[cold]
fn decode_and_log<'r, O: Opener<'r>>(
    request: Request<'r>,
    record: &Record<'r>,
    ring: &KeyRing,
    candidate: Candidate<'r>,
    buffer: &'r mut [u8],
    opener: O,
) -> Result<Decoded<'r>, Stop> {
    let Candidate { source, token, .. } = candidate;
    let is_sealed = SealedToken::is_sealed(token);
    if is_sealed && !O::OPENS_SEALED {
        return Err(Stop::Sealed);
    }
    let kind = if is_sealed { ", sealed" } else { "" };
    debug(request, format_args!("candidate from {}, {} bytes{kind}", source.word(), token.len()));
    let decoded = opener.open(ring, candidate, buffer, |pair, attempt| {
        debug(request, format_args!("pair {pair}: {attempt}"));
    })?;
    match &decoded {
        Ok(claims) => {
            let path = masked::path(request, record, claims.path.as_bytes())?.escape_ascii();
            debug(request, format_args!("token for \"{path}\" until {}", claims.expires));
        }
        Err(Unopened { refusal: Refusal::Malformed, fault: None }) => {
            let digits = "an even number of hexadecimal digits";
            let seal = if is_sealed { ", perhaps a nonce, and a seal" } else { "" };
            debug(request, format_args!("not {digits}{seal}"));
        }
        Err(Unopened { fault: Some(fault), .. }) => debug(request, format_args!("{fault}")),
        Err(_) => debug(request, format_args!("no token of these keys")),
    }
    Ok(decoded)
}

#[cold]
fn log_judgement<'r>(
    circumstances: &mut LocationCircumstances<'_, 'r>,
    claims: &Claims<'r>,
    refusal: Option<Refusal>,
) -> Result<(), OutOfMemory> {
    let LocationCircumstances { request, record, .. } = *circumstances;
    let relation = match refusal {
        Some(Refusal::Expired) => {
            debug(request, format_args!("expired, {} < {}", claims.expires, circumstances.now()));
            return Ok(());
        }
        Some(Refusal::PathMismatch) => "does not match",
        Some(refusal) => {
            debug(request, format_args!("{refusal}"));
            return Ok(());
        }
        None => "matches",
    };
    let path = masked::path(request, record, original::path(request, record)?)?.escape_ascii();
    let pattern = masked::path(request, record, claims.path.as_bytes())?.escape_ascii();
    debug(request, format_args!("path \"{path}\" {relation} \"{pattern}\""));
    Ok(())
}

#[cold]
fn debug(request: Request<'_>, message: core::fmt::Arguments<'_>) {
    ngx_log_debug_http!(request, "pta: {message}");
}
