//! Opens sealed tokens. Most requests have none, and are checked without this.

use core::cell::Cell;

use ngx::ngx_log_error;
use pta_token::{Attempt, Claims, KeyRing, PairId, Refusal, SealedToken, decode_watched};

use crate::conf::LocConf;
use crate::conf::bind::Values;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::request::masked;
use crate::request::outcome::{Candidate, SealFault, Source};
use crate::request::record::Record;

/// The most sealed cookies that one check opens: always the first ones, so a second check of the
/// same realm opens no others. A header may have hundreds of them, and each costs a hash for each
/// pair.
const MOST_COOKIES: u8 = 8;

/// Why a check ends before its verdict.
pub(super) enum Stop {
    OutOfMemory,
    /// A candidate is sealed, and the check does not open such tokens.
    Sealed,
    /// The candidate is not checked.
    Ignored,
}

impl From<OutOfMemory> for Stop {
    fn from(OutOfMemory: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

/// Why a token could not be opened.
pub(super) struct Unopened {
    pub(super) refusal: Refusal,
    pub(super) fault: Option<SealFault>,
}

impl From<Refusal> for Unopened {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, fault: None }
    }
}

/// The content of a token.
pub(super) type Decoded<'r> = Result<Claims<'r>, Unopened>;

/// How a check opens the tokens of a request.
pub(super) trait Opener<'r>: Copy {
    /// Whether it opens sealed tokens. Otherwise, they are a reason to stop.
    const OPENS_SEALED: bool;

    fn open(
        self,
        ring: &KeyRing,
        candidate: Candidate<'r>,
        buffer: &'r mut [u8],
        watch: impl FnMut(PairId, Attempt),
    ) -> Result<Decoded<'r>, Stop>;
}

/// Opens tokens without seal, and stops at the first sealed one. So the check of other requests
/// costs nothing more than without seals.
#[derive(Clone, Copy)]
pub(super) struct Unsealed;

impl<'r> Opener<'r> for Unsealed {
    const OPENS_SEALED: bool = false;

    fn open(
        self,
        ring: &KeyRing,
        candidate: Candidate<'r>,
        buffer: &'r mut [u8],
        watch: impl FnMut(PairId, Attempt),
    ) -> Result<Decoded<'r>, Stop> {
        Ok(match decode_watched(ring, candidate.token, buffer, watch) {
            Ok(claims) => Ok(claims),
            Err(refusal) => Err(Unopened { refusal, fault: explain(ring, candidate.token, refusal)? }),
        })
    }
}

/// Whether the lack of a seal has led to the refusal. `Stop::Sealed` if the token is sealed.
#[cold]
#[inline(never)]
pub(super) fn explain(ring: &KeyRing, token: &[u8], refusal: Refusal) -> Result<Option<SealFault>, Stop> {
    if refusal != Refusal::Malformed {
        return Ok(None);
    }
    if SealedToken::is_sealed(token) {
        return Err(Stop::Sealed);
    }
    let is_unsealed = ring.requires_seal() && !token.is_empty();
    Ok(is_unsealed.then_some(SealFault::NotSealed))
}

/// Opens all tokens in one check of one location.
pub(super) struct SealCheck<'a, 'r> {
    request: Request<'r>,
    record: &'a Record<'r>,
    conf: &'r LocConf,
    /// The binding, once a token has needed it.
    values: Cell<Option<Values<'r>>>,
    /// How many sealed cookies were opened.
    cookies: Cell<u8>,
    /// Whether a sealed cookie was ignored.
    has_ignored: Cell<bool>,
}

impl<'a, 'r> SealCheck<'a, 'r> {
    pub(super) fn new(request: Request<'r>, record: &'a Record<'r>, conf: &'r LocConf) -> Self {
        let (values, cookies, has_ignored) = (Cell::new(None), Cell::new(0), Cell::new(false));
        Self { request, record, conf, values, cookies, has_ignored }
    }

    /// The values of `pta_bind`, evaluated once.
    fn values(&self) -> Result<Values<'r>, OutOfMemory> {
        if let Some(values) = self.values.get() {
            return Ok(values);
        }
        let values = match self.conf.seal_rules().bound_values() {
            Some(bound) => bound.evaluate(self.request)?,
            None => Values::NONE,
        };
        self.values.set(Some(values));
        Ok(values)
    }

    /// Counts a sealed cookie. `Stop::Ignored` if there were too many.
    fn count(&self, source: Source) -> Result<(), Stop> {
        if source != Source::Cookie {
            return Ok(());
        }
        if self.cookies.get() < MOST_COOKIES {
            self.cookies.set(self.cookies.get().saturating_add(1));
            return Ok(());
        }
        if !self.has_ignored.replace(true) && !self.record.note_ignored_cookies(self.conf) {
            let policy = self.conf.policy();
            masked::mask_line_of_main(self.request, policy)?;
            ngx_log_error!(
                policy.log_level(),
                self.request.log(),
                "pta: more than {MOST_COOKIES} sealed cookies, the others are ignored"
            );
        }
        Err(Stop::Ignored)
    }
}

impl<'r> Opener<'r> for &SealCheck<'_, 'r> {
    const OPENS_SEALED: bool = true;

    fn open(
        self,
        ring: &KeyRing,
        candidate: Candidate<'r>,
        buffer: &'r mut [u8],
        mut watch: impl FnMut(PairId, Attempt),
    ) -> Result<Decoded<'r>, Stop> {
        let Candidate { source, token, .. } = candidate;
        if !SealedToken::is_sealed(token) {
            return Unsealed.open(ring, candidate, buffer, watch);
        }
        let sealed = match SealedToken::parse(token) {
            Ok(sealed) => sealed,
            Err(refusal) => return Ok(Err(refusal.into())),
        };
        let undecryptable = |fault| Ok(Err(Unopened { refusal: Refusal::Undecryptable, fault }));
        if !ring.pairs().any(|(_, pair)| pair.seal_key().is_some()) {
            return undecryptable(Some(SealFault::NoSealKey));
        }
        self.count(source)?;
        let values = self.values()?;
        let Ok(binding) = values.binding() else {
            return undecryptable(Some(SealFault::EmptyBinding));
        };
        let mut is_seal_right = false;
        let opened = sealed.open_watched(ring, binding, buffer, |pair, attempt| {
            is_seal_right |= attempt != Attempt::WrongSeal;
            watch(pair, attempt);
        });
        match opened {
            Ok(claims) => Ok(Ok(claims)),
            Err(_) => undecryptable((!is_seal_right).then_some(SealFault::WrongSealOrBinding)),
        }
    }
}
