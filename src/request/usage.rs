//! How a request uses tokens that may be used once: the locations that it has entered, and the claims
//! that it has made. Only requests to locations with `pta_once` have this.

use core::cell::Cell;

use pta_once::Identity;
use pta_token::SealedToken;

use crate::claims::zone::ClaimZone;
use crate::conf::LocConf;
use crate::conf::once::OnceRules;
use crate::nginx::lasting::Lasting;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::nginx::tag::Tag;

/// Lasts as long as the request. `'r` is the duration of the handler call that uses it.
#[derive(Default)]
pub(crate) struct Usage<'r> {
    /// The location with `pta_once` that was entered last. It links to the others.
    entered: Cell<Option<&'r Entered<'r>>>,
    /// The last claim. It links to the others.
    claims: Cell<Option<&'r MadeClaim<'r>>>,
    /// Whether the last response header that was made has a status below 400.
    has_succeeded: Cell<bool>,
    /// Whether an upstream had got a part of the body when nginx found it too long.
    has_passed_on_refused_body: Cell<Option<bool>>,
}

struct Entered<'r> {
    conf: &'r LocConf,
    next: Option<&'r Self>,
}

/// A claim that the request has made.
pub(crate) struct MadeClaim<'r> {
    pub(crate) rules: &'r OnceRules,
    pub(crate) identity: Identity,
    /// Whether a dry run has made it.
    is_dry_run: bool,
    owner: Cell<u64>,
    next: Cell<Option<&'r Self>>,
}

impl MadeClaim<'_> {
    pub(crate) fn owner(&self) -> u64 {
        self.owner.get()
    }
}

impl<'r> Usage<'r> {
    pub(crate) fn find(request: Request<'r>) -> Option<&'r Self> {
        request.find_lasting::<Usage<'static>>()
    }

    /// Notes that the request has entered a location with `pta_once`.
    pub(crate) fn enter(request: Request<'r>, conf: &'r LocConf) -> Result<(), OutOfMemory> {
        let usage = match Self::find(request) {
            Some(usage) => usage,
            None => request.allocate_lasting::<Usage<'static>>(Usage::default())?,
        };
        if !usage.entered().any(|known| core::ptr::eq(known, conf)) {
            let entered = request.allocate(Entered { conf, next: usage.entered.get() })?;
            usage.entered.set(Some(entered));
        }
        Ok(())
    }

    /// The locations with `pta_once` that the request has entered.
    pub(crate) fn entered(&self) -> impl Iterator<Item = &'r LocConf> {
        core::iter::successors(self.entered.get(), |entered| entered.next).map(|entered| entered.conf)
    }

    /// Whether the request has claimed this token in this zone.
    pub(crate) fn has_claimed(&self, zone: &ClaimZone, identity: &Identity) -> bool {
        self.claims()
            .any(|claim| core::ptr::eq(&raw const *claim.rules.zone, zone) && claim.identity == *identity)
    }

    /// Whether the request has claimed no token.
    pub(crate) fn is_unclaimed(&self) -> bool {
        self.claims.get().is_none()
    }

    /// Whether a location that is no dry run has claimed a token of the request.
    pub(crate) fn has_enforced_claim(&self) -> bool {
        self.claims().any(|claim| !claim.is_dry_run)
    }

    /// Prepares the note of a claim. Afterwards, a claim that has been made can always be noted.
    pub(crate) fn prepare(
        request: Request<'r>,
        rules: &'r OnceRules,
        identity: Identity,
        is_dry_run: bool,
    ) -> Result<&'r MadeClaim<'r>, OutOfMemory> {
        let (owner, next) = (Cell::new(0), Cell::new(None));
        request.allocate(MadeClaim { rules, identity, is_dry_run, owner, next })
    }

    /// Notes that the claim has been made.
    pub(crate) fn note_claim(&self, claim: &'r MadeClaim<'r>, owner: u64) {
        claim.owner.set(owner);
        claim.next.set(self.claims.replace(Some(claim)));
    }

    pub(crate) fn claims(&self) -> impl Iterator<Item = &'r MadeClaim<'r>> {
        core::iter::successors(self.claims.get(), |claim| claim.next.get())
    }

    /// Forgets the claims: they have been given back.
    pub(crate) fn forget_claims(&self) {
        self.claims.set(None);
    }

    /// Notes whether a response header that was made has a status below 400. A later header replaces
    /// it: a filter that follows may have refused the first one.
    pub(crate) fn note_answer(&self, is_success: bool) {
        self.has_succeeded.set(is_success);
    }

    pub(crate) fn has_succeeded(&self) -> bool {
        self.has_succeeded.get()
    }

    /// Notes that nginx has found the body too long. The first note counts.
    pub(crate) fn note_refused_body(&self, is_passed_on: bool) {
        if self.has_passed_on_refused_body.get().is_none() {
            self.has_passed_on_refused_body.set(Some(is_passed_on));
        }
    }

    /// Whether an upstream had got a part of the body then. `None` without a note.
    pub(crate) fn has_passed_on_refused_body(&self) -> Option<bool> {
        self.has_passed_on_refused_body.get()
    }
}

// SAFETY: only this function uses the static.
unsafe impl Lasting for Usage<'static> {
    type Of<'r> = Usage<'r>;

    fn tag() -> &'static Tag {
        static TAG: Tag = Tag::new();
        &TAG
    }
}

/// What identifies a token that was allowed: the bytes of its seal, or else its last block.
pub(crate) fn identity(token: &[u8]) -> Option<Identity> {
    if SealedToken::is_sealed(token) {
        return SealedToken::parse(token).ok().map(|token| *token.seal());
    }
    let mut identity = Identity::default();
    let digits = token.last_chunk::<32>()?;
    for (byte, pair) in identity.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(core::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(identity)
}
