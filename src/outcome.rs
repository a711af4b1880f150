//! What a check found, kept for variables and logs after the request has gone on.

use pta_token::{PairId, Verdict};

use crate::conf::LocConf;

/// Where a token came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Query,
    Cookie,
}

impl Source {
    /// The word of `pta_auth_method`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Query => "qs",
            Self::Cookie => "cookie",
        }
    }
}

/// A token that a request came with.
#[derive(Clone, Copy)]
pub(crate) struct Candidate<'r> {
    pub(crate) source: Source,
    pub(crate) token: &'r [u8],
}

/// The verdict of one check, and the candidate that it is about.
#[derive(Clone, Copy)]
pub(crate) struct Outcome<'r> {
    kind: Kind,
    dry_run: bool,
    redirects: bool,
    candidate: Option<Candidate<'r>>,
    claimed: Option<Claimed<'r>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Allowed,
    Missing,
    Malformed,
    Undecryptable,
    Expired,
    PathMismatch,
}

/// What a decrypted token says.
#[derive(Clone, Copy)]
struct Claimed<'r> {
    pair: PairId,
    expires: i64,
    path: &'r [u8],
}

impl<'r> Outcome<'r> {
    pub(crate) fn new(verdict: Verdict<'r>, candidate: Option<Candidate<'r>>, conf: &LocConf) -> Self {
        let (kind, claims) = match verdict {
            Verdict::Allowed(claims) => (Kind::Allowed, Some(claims)),
            Verdict::Missing => (Kind::Missing, None),
            Verdict::Malformed => (Kind::Malformed, None),
            Verdict::Undecryptable => (Kind::Undecryptable, None),
            Verdict::Expired(claims) => (Kind::Expired, Some(claims)),
            Verdict::PathMismatch(claims) => (Kind::PathMismatch, Some(claims)),
        };
        let claimed = claims.map(|claims| Claimed {
            pair: claims.pair,
            expires: claims.expires,
            path: claims.path.as_bytes(),
        });
        Self { kind, dry_run: conf.policy().is_dry_run(), redirects: conf.redirects(), candidate, claimed }
    }

    pub(crate) fn status_word(&self) -> &'static str {
        match (self.kind, self.dry_run) {
            (Kind::Allowed, _) => "ALLOWED",
            (Kind::Missing, false) => "MISSING",
            (Kind::Missing, true) => "MISSING_DRY_RUN",
            (Kind::Malformed, false) => "MALFORMED",
            (Kind::Malformed, true) => "MALFORMED_DRY_RUN",
            (Kind::Undecryptable, false) => "UNDECRYPTABLE",
            (Kind::Undecryptable, true) => "UNDECRYPTABLE_DRY_RUN",
            (Kind::Expired, false) => "EXPIRED",
            (Kind::Expired, true) => "EXPIRED_DRY_RUN",
            (Kind::PathMismatch, false) => "PATH_MISMATCH",
            (Kind::PathMismatch, true) => "PATH_MISMATCH_DRY_RUN",
        }
    }

    pub(crate) fn source_word(&self) -> Option<&'static str> {
        self.candidate.map(|candidate| candidate.source.word())
    }

    pub(crate) fn pair_word(&self) -> Option<&'static str> {
        self.claimed.map(|claimed| match claimed.pair {
            PairId::First => "1st",
            PairId::Second => "2nd",
        })
    }

    /// The path pattern in the token.
    pub(crate) fn path(&self) -> Option<&'r [u8]> {
        self.claimed.map(|claimed| claimed.path)
    }

    /// Unix time in seconds.
    pub(crate) fn expires(&self) -> Option<i64> {
        self.claimed.map(|claimed| claimed.expires)
    }

    /// Seconds from `now` to the expiry, 0 when that is past.
    pub(crate) fn remaining(&self, now: i64) -> Option<i64> {
        self.claimed.map(|claimed| claimed.expires.saturating_sub(now).max(0))
    }

    /// Where the token sends an allowed request (`pta_accel_redirect`).
    pub(crate) fn target(&self) -> Option<&'r [u8]> {
        if self.redirects && self.kind == Kind::Allowed { self.path() } else { None }
    }

    /// The token by which the request was allowed.
    pub(crate) fn accepted_token(&self) -> Option<&'r [u8]> {
        self.candidate.filter(|_| self.kind == Kind::Allowed).map(|candidate| candidate.token)
    }
}
