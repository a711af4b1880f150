//! Signs a complete body.

use std::borrow::Cow;

use pta_http::name::TokenName;
use pta_http::query::Target;
use pta_playlist::{self as playlist, Outcome, Port, Rewritten, Scheme, Settings, Token, rewrite};
use pta_token::PathPattern;

use crate::counters::slot::PlaylistResult;
use crate::issue::{self, Issued};
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::playlist::counts;
use crate::playlist::log;
use crate::playlist::refusal::Refusal;
use crate::playlist::source::{Source, TokenOf};
use crate::request::original;

/// What a body has become.
pub(super) enum Signed {
    /// It goes out as it is, with its header.
    NoPlaylist,
    /// A playlist of which nothing had to change.
    Unchanged,
    Changed(Vec<u8>),
}

pub(super) fn sign(request: Request<'_>, source: &Source<'_>, body: &[u8]) -> Result<Signed, Refusal> {
    let Credential { token, pattern } = credential(request, source)?;
    let conf = source.conf;
    let settings = Settings { hosts: conf.hosts(), skip: conf.skip(), max_size: conf.max_size() };
    match rewrite(body, &described(request), &token, &settings) {
        Outcome::NoPlaylist => Ok(Signed::NoPlaylist),
        Outcome::NotWellFormed(error) => {
            log::not_well_formed(request, source, error);
            Ok(Signed::NoPlaylist)
        }
        Outcome::TooLarge => Err(Refusal::GrowsTooLong(conf.max_size())),
        Outcome::OutOfMemory => Err(Refusal::Memory),
        Outcome::Rewritten(Rewritten { text, counts, is_useless, has_other_base }) => {
            counts::note(request, counts).map_err(|OutOfMemory| Refusal::Memory)?;
            if is_useless {
                log::useless(request, source, pattern.as_bytes());
            }
            if has_other_base {
                log::other_base(request, source);
            }
            let (result, signed) = match text {
                Cow::Owned(text) => (PlaylistResult::Signed, Signed::Changed(text)),
                Cow::Borrowed(_) => (PlaylistResult::Unchanged, Signed::Unchanged),
            };
            source.count(result);
            Ok(signed)
        }
    }
}

/// A token, and the paths that it allows.
struct Credential<'r> {
    token: Token<'r>,
    pattern: PathPattern<'r>,
}

fn credential<'r>(request: Request<'r>, source: &Source<'r>) -> Result<Credential<'r>, Refusal> {
    let (name, value, pattern) = match source.token {
        TokenOf::Request(outcome) => {
            let found = outcome.accepted_token().zip(outcome.claims());
            let (token, claims) = found.ok_or(Refusal::NoToken)?;
            (outcome.name(), token, claims.path)
        }
        TokenOf::Location(conf) => {
            let issued = issue::issue(request).map_err(|OutOfMemory| Refusal::Memory)?;
            let Issued { token, pattern } = issued.ok_or(Refusal::NoToken)?;
            (conf.policy().name(), token, pattern)
        }
    };
    let token = TokenName::parse(name).and_then(|name| Token::new(name, value, pattern));
    Ok(Credential { token: token.ok_or(Refusal::NoToken)?, pattern })
}

/// The request as the client sent it: the client resolves references against its own URL.
fn described(request: Request<'_>) -> playlist::Request<'_> {
    let Target { path, query, .. } = original::client_target(request);
    playlist::Request {
        scheme: if request.is_encrypted() { Scheme::Https } else { Scheme::Http },
        host: request.host(),
        port: Port::in_host_line(request.host_line()),
        path: if path.is_empty() { b"/" } else { path },
        query,
    }
}
