//! The rewriting of one playlist: decides about each reference, and notes what changes.

use std::ops::Range;

use pta_http::query::behind_name;

use crate::argument::{Place, is_signed};
use crate::characters::{DOT, SLASH, UNCLEAR, has, is_clear, scan};
use crate::coverage::{Base, Coverage, join};
use crate::edits::{Edits, Separator};
use crate::hosts::Host;
use crate::memory::{extend, grow};
use crate::request::{Request, Scheme, Token};
use crate::same_host::{Parts, Site};
use crate::skip::{Kind, Skip};
use crate::stop::Stop;

/// The settings of the location.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a> {
    /// Other hosts that get the token.
    pub hosts: &'a [Host],
    /// References that do not get it.
    pub skip: Skip,
    /// The longest playlist, before and after rewriting.
    pub max_size: usize,
}

/// Steps for each byte of the longest playlist. Honest playlists need fewer than one.
const STEPS: u64 = 8;

/// No client asks for a longer URL.
pub(crate) const LONGEST: usize = 64 * 1024;

/// Steps for a reference of no length.
const STEPS_OF_REFERENCE: u64 = 16;

/// What references may be resolved against.
pub(crate) trait Bases {
    /// Whether all of them are at hosts that may get the token.
    fn are_certain(&self) -> bool;

    /// Their schemes.
    fn schemes(&self) -> &[Scheme];

    /// Whether `test` holds for one of them.
    fn any(&self, test: &mut dyn FnMut(&Base) -> Result<bool, Stop>) -> Result<bool, Stop>;
}

/// The path of the request itself, which certainly is at its own host.
pub(crate) struct OwnBase {
    pub(crate) base: Base,
    pub(crate) schemes: [Scheme; 1],
}

impl Bases for OwnBase {
    fn are_certain(&self) -> bool {
        true
    }

    fn schemes(&self) -> &[Scheme] {
        &self.schemes
    }

    fn any(&self, test: &mut dyn FnMut(&Base) -> Result<bool, Stop>) -> Result<bool, Stop> {
        test(&self.base)
    }
}

/// Appends one of the texts that a reference may stand for to a buffer.
pub(crate) type Fill<'f> = dyn Fn(usize, &[u8], &mut Vec<u8>) -> Result<(), Stop> + 'f;

/// The texts that a reference with variables may stand for.
pub(crate) struct Fillings<'f> {
    /// How many there are.
    pub(crate) count: usize,
    /// From this one on, they differ by letters and digits of the path only.
    pub(crate) alike_from: usize,
    pub(crate) fill: &'f Fill<'f>,
}

/// Whether a reference goes to a host that may get the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Not for certain.
    Elsewhere,
    /// It does, but the token does not allow the path.
    Uncovered,
    Covered,
}

/// What has been found in a playlist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All references.
    pub seen: u64,
    /// Those that got the token.
    pub signed: u64,
    same_host: u64,
    covered: u64,
    withheld: u64,
}

pub(crate) struct Job<'a> {
    pub(crate) edits: Edits,
    pub(crate) counts: Counts,
    token: Token<'a>,
    site: Site<'a>,
    skip: Skip,
    coverage: Coverage<'a>,
    steps: u64,
    // Used again for each reference.
    signed: Vec<u8>,
    filled: Vec<u8>,
    filled_signed: Vec<u8>,
}

impl<'a> Job<'a> {
    /// For a playlist of `len` bytes.
    pub(crate) fn new(
        len: usize,
        request: &Request<'a>,
        token: Token<'a>,
        settings: &Settings<'a>,
    ) -> Result<Self, Stop> {
        let parts = [b"?", token.name(), b"=", token.value()];
        let mut argument = Vec::new();
        grow(&mut argument, parts.iter().map(|part| part.len()).sum())?;
        for part in parts {
            extend(&mut argument, part)?;
        }
        let limit = u64::try_from(settings.max_size).unwrap_or(u64::MAX);
        Ok(Self {
            edits: Edits::new(argument, len, settings.max_size)?,
            counts: Counts::default(),
            token,
            site: Site::new(request, settings.hosts),
            skip: settings.skip,
            coverage: Coverage::new(token.pattern()),
            steps: limit.saturating_mul(STEPS).saturating_add(u64::from(u16::MAX)),
            signed: Vec::new(),
            filled: Vec::new(),
            filled_signed: Vec::new(),
        })
    }

    /// Counts work that a playlist can make the worker do, so that a small one cannot block it.
    pub(crate) fn spend(&mut self, len: usize) -> Result<(), Stop> {
        let steps = u64::try_from(len).unwrap_or(u64::MAX).saturating_add(STEPS_OF_REFERENCE);
        self.steps = self.steps.checked_sub(steps).ok_or(Stop::TooLarge)?;
        Ok(())
    }

    /// What a playlist without bases of its own resolves references against.
    pub(crate) fn own_base(&mut self, path: Vec<u8>) -> Result<OwnBase, Stop> {
        Ok(OwnBase { base: self.base(path)?, schemes: [self.site.scheme()] })
    }

    pub(crate) fn base(&mut self, path: Vec<u8>) -> Result<Base, Stop> {
        self.coverage.base(path)
    }

    /// Counts a reference. Returns whether it may be signed, by its kind.
    #[inline]
    pub(crate) fn see(&mut self, kind: Option<Kind>) -> bool {
        self.counts.seen = self.counts.seen.saturating_add(1);
        !kind.is_some_and(|kind| self.skip.contains(kind))
    }

    /// Signs a reference without variables, which stands at `at` and has bytes of these classes.
    #[inline]
    pub(crate) fn reference(
        &mut self,
        at: usize,
        text: &[u8],
        classes: u8,
        own: &OwnBase,
    ) -> Result<(), Stop> {
        if own.base.is_covered() && stays_in_folder(text, classes) {
            return self.sign_plain(at.saturating_add(text.len()));
        }
        let verdict = self.judge(text, own)?;
        self.note(verdict);
        match verdict {
            Verdict::Covered => {
                self.sign(text, Place::of(text), Separator::Ampersand, |position| at.saturating_add(position))
            }
            _ => Ok(()),
        }
    }

    /// Signs a reference that ends at `end`, stays in a folder that is covered, and has no query.
    #[inline]
    pub(crate) fn sign_plain(&mut self, end: usize) -> Result<(), Stop> {
        self.note(Verdict::Covered);
        self.insert(end, Separator::Question)
    }

    /// The base that `text`, a BaseURL, makes of the one above it, with its scheme. None if it
    /// does not go to a host that may get the token for certain.
    pub(crate) fn base_below(
        &mut self,
        text: &[u8],
        (above, scheme): (&Base, Scheme),
    ) -> Result<Option<(Base, Scheme)>, Stop> {
        self.spend(text.len())?;
        if !is_clear(text, scan(text)) {
            return Ok(None);
        }
        let mut path = Vec::new();
        let parts = match Parts::split(text) {
            None if matches!(text, [] | [b'#', ..]) => {
                Parts { scheme: None, authority: None, path: b"", query: None }
            }
            None => return Ok(None),
            Some(parts) => parts,
        };
        let scheme = parts.scheme.unwrap_or(scheme);
        if let Some(authority) = parts.authority {
            if !self.site.allows(scheme, authority) {
                return Ok(None);
            }
            join(b"/", parts.path, &mut path)?;
        } else {
            join(above.path(), parts.path, &mut path)?;
        }
        if path.len() > LONGEST {
            return Ok(None);
        }
        // They are all kept.
        self.spend(path.len().saturating_mul(8))?;
        Ok(Some((self.base(path)?, scheme)))
    }

    /// Whether a reference may get the token.
    pub(crate) fn judge(&mut self, text: &[u8], bases: &dyn Bases) -> Result<Verdict, Stop> {
        self.spend(text.len())?;
        let classes = scan(text);
        if !is_clear(text, classes) {
            return Ok(Verdict::Elsewhere);
        }
        let Some(Parts { scheme, authority, path, .. }) = Parts::split(text) else {
            return Ok(Verdict::Elsewhere);
        };
        if scheme.is_none() && !bases.are_certain() {
            self.counts.withheld = self.counts.withheld.saturating_add(1);
            return Ok(Verdict::Elsewhere);
        }
        let is_covered = if let Some(authority) = authority {
            let own_scheme = scheme.map(|scheme| [scheme]);
            let schemes = own_scheme.as_ref().map_or(bases.schemes(), |scheme| &scheme[..]);
            if !schemes.iter().all(|&scheme| self.site.allows(scheme, authority)) {
                return Ok(Verdict::Elsewhere);
            }
            self.coverage.covers(b"/", if path.is_empty() { b"/" } else { path })?
        } else {
            let mut tried = 0_usize;
            let is_plain = stays_in_folder(path, scan(path));
            let is_covered = bases.any(&mut |base| {
                if is_plain && base.is_covered() {
                    return Ok(true);
                }
                tried = tried.saturating_add(base.path().len()).saturating_add(text.len());
                self.coverage.covers(base.path(), path)
            })?;
            self.spend(tried)?;
            is_covered
        };
        Ok(if is_covered { Verdict::Covered } else { Verdict::Uncovered })
    }

    /// Decides about a reference with variables by all texts that it may stand for: all must go to
    /// the same host and keep the token, and one must be covered.
    pub(crate) fn judge_filled(
        &mut self,
        text: &[u8],
        place: Place,
        bases: &dyn Bases,
        fillings: &Fillings<'_>,
    ) -> Result<Verdict, Stop> {
        let (mut filled, mut signed) = (std::mem::take(&mut self.filled), std::mem::take(&mut self.signed));
        let mut filled_signed = std::mem::take(&mut self.filled_signed);
        place.sign(text, self.token.name(), self.edits.argument(), &mut signed)?;
        let mut verdict = Verdict::Uncovered;
        for number in 0..fillings.count {
            if number > fillings.alike_from && verdict == Verdict::Covered {
                break;
            }
            filled.clear();
            (fillings.fill)(number, text, &mut filled)?;
            let found = self.judge(&filled, bases)?;
            if number <= fillings.alike_from && found != Verdict::Elsewhere {
                filled_signed.clear();
                (fillings.fill)(number, &signed, &mut filled_signed)?;
                self.spend(filled_signed.len())?;
                if !is_signed(&filled, &filled_signed, &self.token) {
                    verdict = Verdict::Elsewhere;
                    break;
                }
            }
            match found {
                Verdict::Elsewhere => {
                    verdict = found;
                    break;
                }
                Verdict::Uncovered => {}
                Verdict::Covered => verdict = found,
            }
        }
        (self.filled, self.signed, self.filled_signed) = (filled, signed, filled_signed);
        Ok(verdict)
    }

    /// Whether the value of a variable has an argument of the token's name in it.
    pub(crate) fn names_token(&self, value: &[u8]) -> bool {
        let mut arguments = value.split(|&byte| byte == b'?' || byte == b'&');
        arguments.any(|argument| behind_name(argument, self.token.name()).is_some())
    }

    /// Counts a verdict.
    #[inline]
    pub(crate) fn note(&mut self, verdict: Verdict) {
        let Counts { same_host, covered, .. } = &mut self.counts;
        *same_host = same_host.saturating_add(u64::from(verdict != Verdict::Elsewhere));
        *covered = covered.saturating_add(u64::from(verdict == Verdict::Covered));
    }

    /// Notes the changes of one reference. `position` turns places in `text` into such of the input.
    pub(crate) fn sign(
        &mut self,
        text: &[u8],
        place: Place,
        ampersand: Separator,
        position: impl Fn(usize) -> usize,
    ) -> Result<(), Stop> {
        let edits = &mut self.edits;
        let cut = |range: Range<usize>| edits.cut(position(range.start)..position(range.end));
        let separator = match place.edit(text, self.token.name(), cut)? {
            Separator::Ampersand => ampersand,
            other => other,
        };
        self.insert(position(place.end), separator)
    }

    #[inline]
    fn insert(&mut self, at: usize, separator: Separator) -> Result<(), Stop> {
        self.counts.signed = self.counts.signed.saturating_add(1);
        self.edits.insert(at, separator)
    }

    /// Whether references were not signed because of a BaseURL.
    pub(crate) fn has_other_base(&self) -> bool {
        self.counts.withheld > 0
    }

    /// Whether there were references to the same host, and the token allows none of them. An exact
    /// token that allows only the playlist itself helps nobody.
    pub(crate) fn is_useless(&self) -> bool {
        let Counts { same_host, covered, .. } = self.counts;
        if self.token.pattern().is_wildcard() { same_host > 0 && covered == 0 } else { same_host > covered }
    }
}

/// Whether a text with bytes of these classes is a path that every client reads the same way, and
/// that does not leave the folder that it is resolved against.
#[inline]
pub(crate) fn stays_in_folder(text: &[u8], classes: u8) -> bool {
    if has(classes, UNCLEAR) {
        return false;
    }
    match text.first() {
        None | Some(b'/') => false,
        Some(_) if !has(classes, DOT) => true,
        Some(b'.') => false,
        Some(_) if !has(classes, SLASH) => true,
        Some(_) => !memchr::memchr_iter(b'/', text)
            .any(|slash| text.get(slash.saturating_add(1)).is_some_and(|&next| next == b'.')),
    }
}
