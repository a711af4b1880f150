//! What a check found, kept for variables and logs after the request has gone on.

use core::cell::Cell;

use pta_token::{Claims, PairId, Verdict};

use crate::conf::LocConf;
use crate::conf::statuses::Kind;

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
    /// Whether it is the only argument of its name. Not known of a cookie.
    pub(crate) is_single: bool,
    /// Whether it is all that there is to mask in the request target, if it is not malformed. Not known of a cookie.
    pub(crate) is_alone: bool,
}

/// The verdict of the last check, and the candidate that it is about. Each field is a cell, so that
/// a reader loads only the fields that it needs. Every field has a value before the first check,
/// and there is no `Option` around it: compilers read such bytes before they know that they are
/// set, which valgrind reports.
pub(crate) struct Outcome<'r> {
    /// The location that asked for the check.
    conf: Cell<&'r LocConf>,
    token: Cell<&'r [u8]>,
    path: Cell<&'r [u8]>,
    expires: Cell<i64>,
    kind: Cell<Kind>,
    source: Cell<Option<Source>>,
    is_single: Cell<bool>,
    is_alone: Cell<bool>,
    /// The pair that opened the token; without one, nothing is known of expiry and path.
    pair: Cell<Option<PairId>>,
}

impl<'r> Outcome<'r> {
    /// Before any check, or if there was no candidate.
    #[inline]
    pub(crate) fn missing(conf: &'r LocConf) -> Self {
        Self {
            conf: Cell::new(conf),
            token: Cell::new(&[]),
            path: Cell::new(&[]),
            expires: Cell::new(0),
            kind: Cell::new(Kind::Missing),
            source: Cell::new(None),
            is_single: Cell::new(false),
            is_alone: Cell::new(false),
            pair: Cell::new(None),
        }
    }

    /// There is no candidate for `conf`.
    #[inline]
    pub(crate) fn set_missing(&self, conf: &'r LocConf) {
        self.conf.set(conf);
        self.token.set(&[]);
        self.set_claims(None);
        self.kind.set(Kind::Missing);
        self.source.set(None);
        self.is_single.set(false);
        self.is_alone.set(false);
    }

    #[inline]
    pub(crate) fn set(&self, verdict: &Verdict<'r>, candidate: Candidate<'r>, conf: &'r LocConf) {
        let (kind, claims) = match verdict {
            Verdict::Allowed(claims) => (Kind::Allowed, Some(claims)),
            Verdict::Missing => (Kind::Missing, None),
            Verdict::Malformed => (Kind::Malformed, None),
            Verdict::Undecryptable => (Kind::Undecryptable, None),
            Verdict::Expired(claims) => (Kind::Expired, Some(claims)),
            Verdict::PathMismatch(claims) => (Kind::PathMismatch, Some(claims)),
        };
        self.conf.set(conf);
        self.token.set(candidate.token);
        self.set_claims(claims);
        self.kind.set(kind);
        self.source.set(Some(candidate.source));
        self.is_single.set(candidate.is_single);
        self.is_alone.set(candidate.is_alone);
    }

    #[inline]
    fn set_claims(&self, claims: Option<&Claims<'r>>) {
        self.path.set(claims.map_or(&[], |claims| claims.path.as_bytes()));
        self.expires.set(claims.map_or(0, |claims| claims.expires));
        self.pair.set(claims.map(|claims| claims.pair));
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind.get()
    }

    pub(crate) fn is_allowed(&self) -> bool {
        self.kind.get() == Kind::Allowed
    }

    /// The location that asked for the check.
    pub(crate) fn conf(&self) -> &'r LocConf {
        self.conf.get()
    }

    pub(crate) fn status_word(&self) -> &'static str {
        match (self.kind.get(), self.conf.get().policy().is_dry_run()) {
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

    pub(crate) fn source(&self) -> Option<Source> {
        self.source.get()
    }

    pub(crate) fn source_word(&self) -> Option<&'static str> {
        self.source.get().map(Source::word)
    }

    pub(crate) fn pair_word(&self) -> Option<&'static str> {
        self.pair.get().map(|pair| match pair {
            PairId::First => "1st",
            PairId::Second => "2nd",
        })
    }

    /// The path pattern in the token.
    pub(crate) fn path(&self) -> Option<&'r [u8]> {
        self.pair.get().map(|_| self.path.get())
    }

    /// The path pattern, unless it has control characters: a line end in a variable would end a header line.
    pub(crate) fn printable_path(&self) -> Option<&'r [u8]> {
        self.path().filter(|path| !path.iter().any(u8::is_ascii_control))
    }

    /// Unix time in seconds.
    pub(crate) fn expires(&self) -> Option<i64> {
        self.pair.get().map(|_| self.expires.get())
    }

    /// Seconds from `now` to the expiry, 0 when that is past.
    pub(crate) fn remaining(&self, now: i64) -> Option<i64> {
        self.pair.get().map(|_| self.expires.get().saturating_sub(now).max(0))
    }

    /// Where the token sends an allowed request (`pta_accel_redirect`).
    pub(crate) fn target(&self) -> Option<&'r [u8]> {
        if self.conf.get().redirects() && self.kind.get() == Kind::Allowed { self.path() } else { None }
    }

    /// The token by which the request was allowed.
    pub(crate) fn accepted_token(&self) -> Option<&'r [u8]> {
        (self.kind.get() == Kind::Allowed).then_some(self.token.get())
    }

    /// The token, if it can be taken out of the request target where it stands.
    #[inline]
    pub(crate) fn single_token(&self) -> Option<&'r [u8]> {
        self.is_single.get().then_some(self.token.get())
    }

    /// The token, if nothing else in the request target can be taken for one.
    #[inline]
    pub(crate) fn lone_token(&self) -> Option<&'r [u8]> {
        // Only a malformed one can have a separator in it: all others are hexadecimal digits.
        (self.is_alone.get() && self.kind.get() != Kind::Malformed).then_some(self.token.get())
    }

    /// The name under which the token was looked for.
    pub(crate) fn name(&self) -> &'r [u8] {
        self.conf.get().policy().name()
    }
}
