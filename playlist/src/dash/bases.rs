//! What the references of each level are resolved against.

use crate::coverage::Base;
use crate::dash::document::{BaseUrl, Document, Form, Reference, Role};
use crate::dash::ids::Ids;
use crate::dash::value::{NoText, Value};
use crate::job::{Bases, Job};
use crate::memory::{copy, push};
use crate::request::Scheme;
use crate::stop::Stop;

/// If a level has more different bases than this, references to its folders are not signed.
const MANY: usize = 64;

/// The bases of one level.
#[derive(Clone, Copy)]
struct LevelBases {
    /// Where they are in the list of all bases.
    first: usize,
    end: usize,
    /// Whether those of this level and above certainly are at hosts that may get the token.
    is_certain: bool,
    /// The same for the levels in this one.
    are_certain_below: bool,
    schemes: Schemes,
}

/// A set of schemes.
#[derive(Clone, Copy, Default)]
struct Schemes {
    http: bool,
    https: bool,
}

impl Schemes {
    fn of(scheme: Scheme) -> Self {
        Self { http: scheme == Scheme::Http, https: scheme == Scheme::Https }
    }

    fn and(self, other: Self) -> Self {
        Self { http: self.http | other.http, https: self.https | other.https }
    }

    fn list(self) -> &'static [Scheme] {
        match (self.http, self.https) {
            (true, false) => &[Scheme::Http],
            (false, true) => &[Scheme::Https],
            _ => &[Scheme::Http, Scheme::Https],
        }
    }
}

/// The bases of all levels.
pub(crate) struct Resolved {
    /// The first one is the URL of the document.
    list: Vec<(Base, Scheme)>,
    levels: Vec<LevelBases>,
}

impl Resolved {
    pub(crate) fn new(
        input: &[u8],
        document: &mut Document,
        ids: &Ids,
        own: (Base, Scheme),
        job: &mut Job<'_>,
    ) -> Result<Self, Stop> {
        let mut resolved = Self { list: Vec::new(), levels: Vec::new() };
        let root = LevelBases {
            first: 0,
            end: 1,
            is_certain: true,
            are_certain_below: true,
            schemes: Schemes::of(own.1),
        };
        push(&mut resolved.list, own)?;
        // A BaseURL may stand behind the levels that it applies to.
        document.bases.sort_unstable_by_key(|base| base.level);
        let mut bases = &document.bases[..];
        for (number, level) in document.levels.iter().enumerate() {
            let above = level.parent.and_then(|parent| resolved.levels.get(parent)).copied().unwrap_or(root);
            let count = bases.iter().take_while(|base| base.level == number).count();
            let (own, others) = bases.split_at_checked(count).unwrap_or_default();
            bases = others;
            let here = if own.is_empty() { above } else { resolved.level(input, own, above, ids, job)? };
            push(&mut resolved.levels, here)?;
        }
        resolved.look_below(document);
        Ok(resolved)
    }

    /// The bases of a level that has BaseURLs of its own.
    fn level(
        &mut self,
        input: &[u8],
        own: &[BaseUrl],
        above: LevelBases,
        ids: &Ids,
        job: &mut Job<'_>,
    ) -> Result<LevelBases, Stop> {
        let first = self.list.len();
        let mut texts = Vec::new();
        let mut is_certain = above.is_certain;
        for base in own {
            is_certain &= base_texts(input, base, ids, job, &mut texts)?;
        }
        for text in &texts {
            for number in above.first..above.end {
                let Some((base, scheme)) = self.list.get(number) else { continue };
                match job.base_below(text, (base, *scheme))? {
                    None => is_certain = false,
                    Some(found) => {
                        let known = self.list.get(first..).unwrap_or_default();
                        job.spend(known.len())?;
                        if known.len() >= MANY {
                            is_certain = false;
                        } else if !known.contains(&found) {
                            push(&mut self.list, found)?;
                        }
                    }
                }
            }
        }
        let end = self.list.len();
        let found = self.list.get(first..end).unwrap_or_default();
        let schemes = found.iter().fold(Schemes::default(), |all, (_, scheme)| all.and(Schemes::of(*scheme)));
        Ok(LevelBases { first, end, is_certain, are_certain_below: is_certain, schemes })
    }

    /// What is inherited is resolved further down.
    fn look_below(&mut self, document: &Document) {
        for (number, level) in document.levels.iter().enumerate().rev() {
            let Some(below) = self.levels.get(number).copied() else { continue };
            let Some(above) = level.parent.and_then(|parent| self.levels.get_mut(parent)) else { continue };
            above.are_certain_below &= below.are_certain_below && !level.is_remote;
            above.schemes = above.schemes.and(below.schemes);
        }
    }

    /// The bases that apply to a reference.
    pub(crate) fn of(
        &self,
        reference: &Reference,
        document: &Document,
        job: &mut Job<'_>,
    ) -> Result<LevelsBases<'_>, Stop> {
        let number = reference.level;
        let level = document.levels.get(number);
        let here = self.levels.get(number);
        let is_certain = here.is_some_and(|here| match reference.role {
            Role::Segment | Role::BaseUrl => here.are_certain_below,
            Role::Single => here.is_certain,
        });
        let levels = match reference.role {
            Role::Segment => self.levels.get(number..level.map_or(number, |level| level.end)),
            Role::Single => self.levels.get(number..number.saturating_add(1)),
            Role::BaseUrl => level
                .and_then(|level| level.parent)
                .and_then(|parent| self.levels.get(parent..parent.saturating_add(1))),
        };
        let levels = levels.unwrap_or_default();
        job.spend(levels.len())?;
        let own = self.list.first().filter(|_| reference.role != Role::Segment);
        let schemes = here.map(|here| here.schemes).unwrap_or_default();
        let schemes = own.map_or(schemes, |(_, scheme)| schemes.and(Schemes::of(*scheme))).list();
        Ok(LevelsBases { list: &self.list, levels, own: own.map(|(base, _)| base), is_certain, schemes })
    }
}

/// Appends the texts that a BaseURL may have. Returns false if they are not known.
fn base_texts(
    input: &[u8],
    base: &BaseUrl,
    ids: &Ids,
    job: &mut Job<'_>,
    texts: &mut Vec<Vec<u8>>,
) -> Result<bool, Stop> {
    let Some(span) = &base.span else { return Ok(false) };
    let raw = input.get(span.range.clone()).unwrap_or_default();
    let value = match Value::read(raw, span.range.start, span.form == Form::Cdata) {
        Ok(value) => value,
        Err(NoText::Stop(stop)) => return Err(stop),
        Err(_) => return Ok(false),
    };
    if memchr::memchr(b'$', &value.text).is_none() {
        push(texts, copy(&value.text)?)?;
        return Ok(true);
    }
    let Some(filler) = ids.fillings(&value.text, false) else { return Ok(false) };
    for number in 0..filler.count() {
        let mut text = Vec::new();
        filler.fill(number, &value.text, &mut text)?;
        // They are all kept for a moment.
        job.spend(text.len().saturating_mul(8))?;
        if !texts.contains(&text) {
            push(texts, text)?;
        }
        if texts.len() > MANY {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The bases that apply to one reference.
pub(crate) struct LevelsBases<'r> {
    list: &'r [(Base, Scheme)],
    levels: &'r [LevelBases],
    own: Option<&'r Base>,
    is_certain: bool,
    schemes: &'r [Scheme],
}

impl Bases for LevelsBases<'_> {
    fn are_certain(&self) -> bool {
        self.is_certain
    }

    fn schemes(&self) -> &[Scheme] {
        self.schemes
    }

    fn any(&self, test: &mut dyn FnMut(&Base) -> Result<bool, Stop>) -> Result<bool, Stop> {
        if self.own.map_or(Ok(false), &mut *test)? {
            return Ok(true);
        }
        let mut tried = 0..0;
        for level in self.levels {
            let range = level.first..level.end;
            if range == tried {
                continue;
            }
            for (base, _) in self.list.get(range.clone()).unwrap_or_default() {
                if test(base)? {
                    return Ok(true);
                }
            }
            tried = range;
        }
        Ok(false)
    }
}
