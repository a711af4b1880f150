//! The outcome of a check, kept for variables and logs.

use core::{fmt, ptr};

use pta_token::{ALLOWED, Claims, PairId, Refusal, SealedToken};

use crate::conf::LocConf;
use crate::conf::gate::Gate;
use crate::nginx::http_module::HasContext;

/// Where a token came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Query,
    Header,
    Cookie,
}

impl Source {
    pub(crate) const ALL: [Self; 3] = [Self::Query, Self::Header, Self::Cookie];

    /// The position in [`Self::ALL`]: both have the same order.
    #[inline]
    pub(crate) fn index(self) -> usize {
        self as usize
    }

    /// The word for it in `pta_auth_method`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Query => "qs",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

/// A possible token in a request.
#[derive(Clone, Copy)]
pub(crate) struct Candidate<'r> {
    pub(crate) source: Source,
    pub(crate) token: &'r [u8],
    /// Whether it is the only argument of its name. False if it is no argument.
    pub(crate) is_single: bool,
    /// Whether only this argument must be masked in the request target, unless it is malformed.
    /// False if it is no argument.
    pub(crate) is_alone: bool,
}

/// Why the seal of a token, or its lack, has led to a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SealFault {
    /// `pta_require_seal` is on.
    NotSealed,
    NoSealKey,
    EmptyBinding,
    /// One cannot be told from the other.
    WrongSealOrBinding,
}

impl fmt::Display for SealFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotSealed => "no seal",
            Self::NoSealKey => "no seal key",
            Self::EmptyBinding => "empty binding",
            Self::WrongSealOrBinding => "wrong seal or binding",
        })
    }
}

/// What is known of the content of a token.
#[derive(Clone, Copy)]
pub(crate) enum Content<'r> {
    /// It could be decrypted. The token may be refused all the same.
    Claims(Claims<'r>),
    /// It could not. The seal may be the reason.
    Unopened(Option<SealFault>),
}

/// The verdict of a check, and the candidate that it is about.
#[derive(Clone, Copy)]
pub(crate) struct Outcome<'r> {
    /// The location by whose rules the request was checked.
    conf: &'r LocConf,
    /// `None` if the request has no token.
    candidate: Option<Candidate<'r>>,
    /// `None` if the request is allowed.
    refusal: Option<Refusal>,
    /// Whether there is no room to note that the token has been used.
    is_unavailable: bool,
    content: Content<'r>,
}

/// Every token that is checked takes one.
const _: () = assert!(size_of::<Outcome<'_>>() <= 88);

impl<'r> Outcome<'r> {
    /// The request has no candidate for `conf`.
    #[inline]
    pub(crate) fn missing(conf: &'r LocConf) -> Self {
        let (refusal, content) = (Some(Refusal::Missing), Content::Unopened(None));
        Self { conf, candidate: None, refusal, is_unavailable: false, content }
    }

    #[inline]
    pub(crate) fn new(
        conf: &'r LocConf,
        candidate: Candidate<'r>,
        refusal: Option<Refusal>,
        content: Content<'r>,
    ) -> Self {
        Self { conf, candidate: Some(candidate), refusal, is_unavailable: false, content }
    }

    /// Why the request is refused, if it is.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        self.refusal
    }

    pub(crate) fn is_allowed(&self) -> bool {
        self.refusal.is_none() && !self.is_unavailable()
    }

    /// Whether a token that would allow the request could not be noted as used.
    pub(crate) fn is_unavailable(&self) -> bool {
        self.is_unavailable
    }

    /// The same outcome, by the rules of another location of the realm.
    pub(crate) fn with_conf(&self, conf: &'r LocConf) -> Self {
        Self { conf, ..*self }
    }

    /// The same outcome, but the token was used before.
    pub(crate) fn replayed(&self) -> Self {
        Self { refusal: Some(Refusal::Replayed), ..*self }
    }

    /// The same outcome, but there is no room to note that the token has been used.
    pub(crate) fn unavailable(&self) -> Self {
        Self { is_unavailable: self.claims().is_some(), ..*self }
    }

    /// The content of the token, if it could be decrypted.
    pub(crate) fn claims(&self) -> Option<Claims<'r>> {
        match self.content {
            Content::Claims(claims) => Some(claims),
            Content::Unopened(_) => None,
        }
    }

    /// Why the seal, or its lack, has led to the refusal, if it has.
    pub(crate) fn seal_fault(&self) -> Option<SealFault> {
        match self.content {
            Content::Claims(_) => None,
            Content::Unopened(fault) => fault,
        }
    }

    /// Whether the token, which could be decrypted, is sealed: 1 or 0.
    pub(crate) fn sealed_word(&self) -> Option<&'static str> {
        let candidate = self.candidate.filter(|_| self.claims().is_some())?;
        Some(if SealedToken::is_sealed(candidate.token) { "1" } else { "0" })
    }

    /// The location by whose rules the request was checked.
    pub(crate) fn conf(&self) -> &'r LocConf {
        self.conf
    }

    /// Whether `last`, the outcome of the check before, is the same result by the rules of the same
    /// location. An internal redirect repeats a dry run, and the check of a request that another
    /// module has let in. The repetition is neither logged nor counted.
    pub(crate) fn repeats(&self, last: Option<&Outcome<'_>>) -> bool {
        last.is_some_and(|last| ptr::eq(last.conf(), self.conf()) && last.refusal() == self.refusal())
    }

    pub(crate) fn status_word(&self) -> &'static str {
        let is_dry_run = self.conf.policy().is_dry_run();
        if self.is_unavailable() {
            return if is_dry_run { "UNAVAILABLE_DRY_RUN" } else { "UNAVAILABLE" };
        }
        let word = if is_dry_run { Refusal::status_word_in_dry_run } else { Refusal::status_word };
        self.refusal.map_or(ALLOWED, word)
    }

    #[inline]
    pub(crate) fn candidate(&self) -> Option<&Candidate<'r>> {
        self.candidate.as_ref()
    }

    pub(crate) fn source(&self) -> Option<Source> {
        self.candidate.map(|candidate| candidate.source)
    }

    pub(crate) fn source_word(&self) -> Option<&'static str> {
        self.source().map(Source::word)
    }

    pub(crate) fn pair_word(&self) -> Option<&'static str> {
        Some(self.claims()?.pair.name())
    }

    /// The pair that opened the token.
    #[inline]
    pub(crate) fn pair(&self) -> Option<PairId> {
        self.claims().map(|claims| claims.pair)
    }

    /// The path pattern in the token.
    pub(crate) fn path(&self) -> Option<&'r [u8]> {
        Some(self.claims()?.path.as_bytes())
    }

    /// The path pattern, unless it contains control characters. A line break in a variable could
    /// end a header line.
    pub(crate) fn printable_path(&self) -> Option<&'r [u8]> {
        self.path().filter(|path| !path.iter().any(u8::is_ascii_control))
    }

    /// Unix time in seconds.
    pub(crate) fn expires(&self) -> Option<i64> {
        Some(self.claims()?.expires)
    }

    /// Seconds from `now` to the expiry, 0 if that is past.
    pub(crate) fn remaining(&self, now: i64) -> Option<i64> {
        Some(self.expires()?.saturating_sub(now).max(0))
    }

    /// Where the token sends an allowed request (`pta_accel_redirect`).
    pub(crate) fn target(&self) -> Option<&'r [u8]> {
        if self.conf.redirects() && self.is_allowed() { self.path() } else { None }
    }

    /// The token by which the request was allowed.
    pub(crate) fn accepted_token(&self) -> Option<&'r [u8]> {
        self.candidate.filter(|_| self.is_allowed()).map(|candidate| candidate.token)
    }

    /// The token, if it is the only argument of its name and can be cut out of the request target.
    #[inline]
    pub(crate) fn single_token(&self) -> Option<&'r [u8]> {
        self.candidate.filter(|candidate| candidate.is_single).map(|candidate| candidate.token)
    }

    /// The token, if nothing else in the request target can be a token.
    #[inline]
    pub(crate) fn lone_token(&self) -> Option<&'r [u8]> {
        // Only a malformed token can contain a separator. All others consist of hexadecimal digits,
        // and if they are sealed of dots and base64url.
        let is_token = self.refusal != Some(Refusal::Malformed);
        self.candidate.filter(|candidate| candidate.is_alone && is_token).map(|candidate| candidate.token)
    }

    /// The name under which the token was looked for.
    pub(crate) fn name(&self) -> &'r [u8] {
        self.conf.policy().name()
    }
}

// SAFETY: only check/gate.rs sets the context, with `Request::set_context`.
unsafe impl HasContext for Gate {
    type Context<'r> = Outcome<'r>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_the_position_in_the_list() {
        assert_eq!(Source::ALL.map(Source::index), [0, 1, 2]);
    }
}
