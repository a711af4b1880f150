//! The keys and IVs that a block sets or inherits, and the pairs that they form.

use std::rc::Rc;

use pta_token::{KeyMaterial, PairId, SealSecret, Secret, SecretPair};

use crate::conf::key_warnings::Weakness;
use crate::nginx::source_line::SourceLine;

/// A directive that sets a key, an IV, both, or a seal key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyDirective {
    name: &'static str,
    pair: PairId,
    gives: Gives,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Gives {
    Key,
    Iv,
    /// Key and IV, and the seal key if the file has one.
    Pair,
    Seal,
}

impl KeyDirective {
    const FIRST_KEY: Self = Self { name: "pta_1st_key", pair: PairId::First, gives: Gives::Key };
    const FIRST_IV: Self = Self { name: "pta_1st_iv", pair: PairId::First, gives: Gives::Iv };
    const FIRST_PAIR: Self = Self { name: "pta_1st_pair", pair: PairId::First, gives: Gives::Pair };
    const FIRST_SEAL: Self = Self { name: "pta_1st_seal", pair: PairId::First, gives: Gives::Seal };
    const SECOND_KEY: Self = Self { name: "pta_2nd_key", pair: PairId::Second, gives: Gives::Key };
    const SECOND_IV: Self = Self { name: "pta_2nd_iv", pair: PairId::Second, gives: Gives::Iv };
    const SECOND_PAIR: Self = Self { name: "pta_2nd_pair", pair: PairId::Second, gives: Gives::Pair };
    const SECOND_SEAL: Self = Self { name: "pta_2nd_seal", pair: PairId::Second, gives: Gives::Seal };

    pub(crate) fn of_name(name: &[u8]) -> Option<Self> {
        [
            Self::FIRST_KEY,
            Self::FIRST_IV,
            Self::FIRST_PAIR,
            Self::FIRST_SEAL,
            Self::SECOND_KEY,
            Self::SECOND_IV,
            Self::SECOND_PAIR,
            Self::SECOND_SEAL,
        ]
        .into_iter()
        .find(|directive| directive.name.as_bytes() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        self.name
    }

    pub(crate) fn gives_key(self) -> bool {
        matches!(self.gives, Gives::Key | Gives::Pair)
    }
}

/// A key, an IV or a seal key, and the directive that set it.
#[derive(Clone)]
struct Placed<T> {
    secret: T,
    directive: KeyDirective,
    place: SourceLine,
    /// Whether a block around this one has set it.
    is_inherited: bool,
}

impl<T: Clone> Placed<T> {
    fn new(secret: T, directive: KeyDirective, place: SourceLine) -> Self {
        Self { secret, directive, place, is_inherited: false }
    }

    /// Inherits the value, if this block sets none.
    fn inherit(slot: &mut Option<Self>, parent: Option<&Self>) {
        if slot.is_none() {
            *slot = parent.map(|placed| Self { is_inherited: true, ..placed.clone() });
        }
    }
}

/// The keys and IVs of one block. Blocks that set none share those that they inherit.
#[derive(Clone, Default)]
pub(crate) struct KeyParts(Option<Rc<Parts>>);

#[derive(Clone, Default)]
struct Parts {
    first: PairParts,
    second: PairParts,
}

impl Parts {
    fn pair(&self, pair: PairId) -> &PairParts {
        match pair {
            PairId::First => &self.first,
            PairId::Second => &self.second,
        }
    }

    fn pairs_are_equal(&self) -> bool {
        let both = self.first.secrets().zip(self.second.secrets());
        both.is_some_and(|(first, second)| first == second && self.first.seal() == self.second.seal())
    }

    /// The weaknesses of seal keys among the values for which a filter holds, each with the place of
    /// the value that this block sets.
    fn weak_seals(
        &self,
        is_new: impl Fn(&Placed<SealSecret>, &Placed<Secret>) -> bool,
        are_new: impl Fn(&Placed<SealSecret>, &Placed<SealSecret>) -> bool,
    ) -> Vec<(Weakness, SourceLine)> {
        let mut found = Vec::new();
        for pair in PairId::ALL {
            let Some(seal) = &self.pair(pair).seal else { continue };
            let secrets = [&self.first.key, &self.first.iv, &self.second.key, &self.second.iv];
            let contained = secrets
                .into_iter()
                .flatten()
                .find(|secret| is_new(seal, secret) && seal.secret.contains(&secret.secret));
            if let Some(secret) = contained {
                let place = if seal.is_inherited { secret.place } else { seal.place };
                found.push((Weakness::SealContainsKey(pair), place));
            }
        }
        if let (Some(first), Some(second)) = (&self.first.seal, &self.second.seal) {
            if are_new(first, second) && first.secret == second.secret {
                let place = if first.is_inherited { second.place } else { first.place };
                found.push((Weakness::EqualSeals, place));
            }
        }
        found
    }
}

#[derive(Clone, Default)]
struct PairParts {
    key: Option<Placed<Secret>>,
    iv: Option<Placed<Secret>>,
    seal: Option<Placed<SealSecret>>,
}

impl KeyParts {
    /// The directive of this block that has already set the key or IV of `directive`.
    pub(crate) fn conflict(&self, directive: KeyDirective) -> Option<KeyDirective> {
        let parts = self.0.as_deref()?;
        let PairParts { key, iv, seal } = parts.pair(directive.pair);
        let (key, iv, seal) = match directive.gives {
            Gives::Key => (key.as_ref(), None, None),
            Gives::Iv => (None, iv.as_ref(), None),
            Gives::Seal => (None, None, seal.as_ref()),
            Gives::Pair => (key.as_ref(), iv.as_ref(), None),
        };
        key.or(iv).map(|given| given.directive).or(seal.map(|given| given.directive))
    }

    /// The directive of this block that has already set the seal key that the file of `directive`
    /// has as well.
    pub(crate) fn conflict_of_seal(&self, directive: KeyDirective) -> Option<KeyDirective> {
        let seal = self.0.as_deref()?.pair(directive.pair).seal.as_ref();
        seal.map(|given| given.directive)
    }

    /// Sets the key or the IV of `directive`.
    pub(crate) fn set(&mut self, directive: KeyDirective, secret: Secret, place: SourceLine) {
        let pair = self.pair_mut(directive.pair);
        let slot = if directive.gives == Gives::Iv { &mut pair.iv } else { &mut pair.key };
        *slot = Some(Placed::new(secret, directive, place));
    }

    /// Sets the seal key of `directive`.
    pub(crate) fn set_seal(&mut self, directive: KeyDirective, seal: SealSecret, place: SourceLine) {
        self.pair_mut(directive.pair).seal = Some(Placed::new(seal, directive, place));
    }

    pub(crate) fn set_pair(&mut self, directive: KeyDirective, pair: SecretPair, place: SourceLine) {
        let parts = self.pair_mut(directive.pair);
        parts.key = Some(Placed::new(pair.key, directive, place));
        parts.iv = Some(Placed::new(pair.iv, directive, place));
        if let Some(seal) = pair.seal {
            parts.seal = Some(Placed::new(seal, directive, place));
        }
    }

    /// The weaknesses of the keys of this block, once `directive` is set.
    pub(crate) fn weaknesses(&self, directive: KeyDirective) -> impl Iterator<Item = Weakness> {
        let parts = self.0.as_deref();
        let gives_pair = directive.gives != Gives::Seal;
        let key_is_iv = gives_pair && parts.is_some_and(|parts| parts.pair(directive.pair).key_is_iv());
        let equal_pairs = parts.is_some_and(Parts::pairs_are_equal);
        let key_is_iv = key_is_iv.then_some(Weakness::KeyIsIv(directive.pair));
        let of_seals = parts.map(|parts| {
            parts.weak_seals(
                |seal, secret| seal.directive == directive || secret.directive == directive,
                |first, second| first.directive == directive || second.directive == directive,
            )
        });
        key_is_iv
            .into_iter()
            .chain(equal_pairs.then_some(Weakness::EqualPairs))
            .chain(of_seals.into_iter().flatten().map(|(weakness, _)| weakness))
    }

    fn pair_mut(&mut self, pair: PairId) -> &mut PairParts {
        let parts = Rc::make_mut(self.0.get_or_insert_default());
        match pair {
            PairId::First => &mut parts.first,
            PairId::Second => &mut parts.second,
        }
    }

    /// Inherits the keys and IVs that this block does not set. Returns the weaknesses of own and
    /// inherited keys together, and their places. The setters have already reported those of one
    /// block alone.
    pub(crate) fn merge(&mut self, parent: &Self) -> Vec<(Weakness, SourceLine)> {
        let mut weaknesses = Vec::new();
        let Some(inherited) = &parent.0 else { return weaknesses };
        let Some(own) = &mut self.0 else {
            self.0 = Some(Rc::clone(inherited));
            return weaknesses;
        };
        let own = Rc::make_mut(own);
        let halves = PairId::ALL.map(|pair| (pair, own.pair(pair).half()));
        let place = own.first.place().or(own.second.place());
        let were_complete = own.first.is_complete() && own.second.is_complete();
        own.first.merge(&inherited.first);
        own.second.merge(&inherited.second);
        for (pair, half) in halves {
            weaknesses.extend(
                half.filter(|_| own.pair(pair).key_is_iv()).map(|place| (Weakness::KeyIsIv(pair), place)),
            );
        }
        let new_pairs = place.filter(|_| !were_complete && own.pairs_are_equal());
        weaknesses.extend(new_pairs.map(|place| (Weakness::EqualPairs, place)));
        weaknesses.extend(own.weak_seals(
            |seal, secret| seal.is_inherited != secret.is_inherited,
            |first, second| first.is_inherited != second.is_inherited,
        ));
        weaknesses
    }

    /// Whether both share the same key material.
    pub(crate) fn same_as(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) => Rc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        }
    }

    /// The 1st pair alone. An error if it is missing or not complete.
    pub(crate) fn first_pair(&self) -> Result<KeyMaterial, IncompleteKeys> {
        let first = self.0.as_deref().map(|parts| parts.first.material(PairId::First)).transpose()?.flatten();
        match first {
            None => Err(IncompleteKeys::NoPair),
            first => Ok(KeyMaterial { first, ..KeyMaterial::default() }),
        }
    }

    /// Whether the 1st pair has a seal key.
    pub(crate) fn is_first_sealed(&self) -> bool {
        self.0.as_deref().is_some_and(|parts| parts.first.seal.is_some())
    }

    /// The pairs with a seal key, its place, and whether the pair is complete.
    pub(crate) fn seals(&self) -> impl Iterator<Item = (PairId, SourceLine, bool)> {
        let parts = self.0.as_deref();
        PairId::ALL.into_iter().filter_map(move |id| {
            let pair = parts?.pair(id);
            Some((id, pair.seal.as_ref()?.place, pair.is_complete()))
        })
    }

    /// The place of the first seal key of a complete pair.
    pub(crate) fn place_of_seal(&self) -> Option<SourceLine> {
        self.seals().find(|(_, _, is_complete)| *is_complete).map(|(_, place, _)| place)
    }

    /// Both pairs. An error if there is no pair, or if a pair is not complete.
    pub(crate) fn material(&self) -> Result<KeyMaterial, IncompleteKeys> {
        let parts = self.0.as_deref().ok_or(IncompleteKeys::NoPair)?;
        let first = parts.first.material(PairId::First)?;
        let second = parts.second.material(PairId::Second)?;
        if first.is_none() && second.is_none() {
            return Err(IncompleteKeys::NoPair);
        }
        Ok(KeyMaterial { first, second, require_seal: false })
    }
}

impl PairParts {
    fn secrets(&self) -> Option<(&Secret, &Secret)> {
        Some((&self.key.as_ref()?.secret, &self.iv.as_ref()?.secret))
    }

    fn seal(&self) -> Option<&SealSecret> {
        self.seal.as_ref().map(|given| &given.secret)
    }

    fn is_complete(&self) -> bool {
        self.secrets().is_some()
    }

    fn key_is_iv(&self) -> bool {
        self.secrets().is_some_and(|(key, iv)| key == iv)
    }

    /// The place of the key or the IV, if there is only one of them.
    fn half(&self) -> Option<SourceLine> {
        self.place().filter(|_| !self.is_complete())
    }

    /// The place of the key, or else of the IV.
    fn place(&self) -> Option<SourceLine> {
        self.key.as_ref().or(self.iv.as_ref()).map(|given| given.place)
    }

    fn merge(&mut self, parent: &Self) {
        // A pair file sets all three values. If it has no seal key, the pair has none.
        let is_whole = self.key.as_ref().is_some_and(|key| key.directive.gives == Gives::Pair);
        if !is_whole {
            Placed::inherit(&mut self.seal, parent.seal.as_ref());
        }
        Placed::inherit(&mut self.key, parent.key.as_ref());
        Placed::inherit(&mut self.iv, parent.iv.as_ref());
    }

    fn material(&self, pair: PairId) -> Result<Option<SecretPair>, IncompleteKeys> {
        let (key_directive, iv_directive) = match pair {
            PairId::First => (KeyDirective::FIRST_KEY, KeyDirective::FIRST_IV),
            PairId::Second => (KeyDirective::SECOND_KEY, KeyDirective::SECOND_IV),
        };
        match (&self.key, &self.iv) {
            (Some(key), Some(iv)) => Ok(Some(SecretPair {
                key: key.secret.clone(),
                iv: iv.secret.clone(),
                seal: self.seal().cloned(),
            })),
            (None, None) => Ok(None),
            (Some(key), None) => Err(IncompleteKeys::HalfPair {
                given: key.directive,
                missing: iv_directive,
                place: key.place,
            }),
            (None, Some(iv)) => {
                Err(IncompleteKeys::HalfPair { given: iv.directive, missing: key_directive, place: iv.place })
            }
        }
    }
}

/// Why a location has no key ring.
pub(crate) enum IncompleteKeys {
    NoPair,
    HalfPair { given: KeyDirective, missing: KeyDirective, place: SourceLine },
}

impl IncompleteKeys {
    /// The message. `directive` needs the keys.
    pub(crate) fn message(&self, directive: &str, place: SourceLine) -> String {
        match self {
            Self::NoPair => format!(
                "no key pair is defined (run \"pta keygen\", then set \"pta_1st_pair\", or \"pta_1st_key\" and \
                 \"pta_1st_iv\") for the \"{directive}\" directive in {place}"
            ),
            Self::HalfPair { given, missing, place: given_place } => format!(
                "no \"{}\" is defined for the \"{}\" in {given_place} for the \"{directive}\" directive in {place}",
                missing.name, given.name
            ),
        }
    }
}
