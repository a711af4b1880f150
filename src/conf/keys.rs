//! The keys and IVs that a block sets or inherits, and the pairs that they form.

use std::rc::Rc;

use pta_token::{KeyMaterial, PairId, Secret, SecretPair};

use crate::conf::inherit::inherit;
use crate::conf::key_warnings::Weakness;
use crate::nginx::source_line::SourceLine;

/// A directive that sets a key, an IV or both.
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
    Both,
}

impl KeyDirective {
    const FIRST_KEY: Self = Self { name: "pta_1st_key", pair: PairId::First, gives: Gives::Key };
    const FIRST_IV: Self = Self { name: "pta_1st_iv", pair: PairId::First, gives: Gives::Iv };
    const FIRST_PAIR: Self = Self { name: "pta_1st_pair", pair: PairId::First, gives: Gives::Both };
    const SECOND_KEY: Self = Self { name: "pta_2nd_key", pair: PairId::Second, gives: Gives::Key };
    const SECOND_IV: Self = Self { name: "pta_2nd_iv", pair: PairId::Second, gives: Gives::Iv };
    const SECOND_PAIR: Self = Self { name: "pta_2nd_pair", pair: PairId::Second, gives: Gives::Both };

    pub(crate) fn of_name(name: &[u8]) -> Option<Self> {
        [
            Self::FIRST_KEY,
            Self::FIRST_IV,
            Self::FIRST_PAIR,
            Self::SECOND_KEY,
            Self::SECOND_IV,
            Self::SECOND_PAIR,
        ]
        .into_iter()
        .find(|directive| directive.name.as_bytes() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        self.name
    }

    pub(crate) fn gives_key(self) -> bool {
        self.gives != Gives::Iv
    }
}

/// A key or an IV, and the directive that set it.
#[derive(Clone)]
struct PlacedSecret {
    secret: Secret,
    directive: KeyDirective,
    place: SourceLine,
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
        both.is_some_and(|(first, second)| first == second)
    }
}

#[derive(Clone, Default)]
struct PairParts {
    key: Option<PlacedSecret>,
    iv: Option<PlacedSecret>,
}

impl KeyParts {
    /// The directive of this block that has already set the key or IV of `directive`.
    pub(crate) fn conflict(&self, directive: KeyDirective) -> Option<KeyDirective> {
        let parts = self.0.as_deref()?;
        let PairParts { key, iv } = parts.pair(directive.pair);
        let (key, iv) = match directive.gives {
            Gives::Key => (key.as_ref(), None),
            Gives::Iv => (None, iv.as_ref()),
            Gives::Both => (key.as_ref(), iv.as_ref()),
        };
        key.or(iv).map(|given| given.directive)
    }

    /// Sets the key or the IV of `directive`.
    pub(crate) fn set(&mut self, directive: KeyDirective, secret: Secret, place: SourceLine) {
        let pair = self.pair_mut(directive.pair);
        let slot = if directive.gives == Gives::Iv { &mut pair.iv } else { &mut pair.key };
        *slot = Some(PlacedSecret { secret, directive, place });
    }

    pub(crate) fn set_pair(&mut self, directive: KeyDirective, pair: SecretPair, place: SourceLine) {
        let placed = |secret| Some(PlacedSecret { secret, directive, place });
        *self.pair_mut(directive.pair) = PairParts { key: placed(pair.key), iv: placed(pair.iv) };
    }

    /// The weaknesses of the keys of this block, once `directive` is set.
    pub(crate) fn weaknesses(&self, directive: KeyDirective) -> impl Iterator<Item = Weakness> {
        let parts = self.0.as_deref();
        let key_is_iv = parts.is_some_and(|parts| parts.pair(directive.pair).key_is_iv());
        let equal_pairs = parts.is_some_and(Parts::pairs_are_equal);
        let key_is_iv = key_is_iv.then_some(Weakness::KeyIsIv(directive.pair));
        key_is_iv.into_iter().chain(equal_pairs.then_some(Weakness::EqualPairs))
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
        inherit(&mut self.key, parent.key.as_ref());
        inherit(&mut self.iv, parent.iv.as_ref());
    }

    fn material(&self, pair: PairId) -> Result<Option<SecretPair>, IncompleteKeys> {
        let (key_directive, iv_directive) = match pair {
            PairId::First => (KeyDirective::FIRST_KEY, KeyDirective::FIRST_IV),
            PairId::Second => (KeyDirective::SECOND_KEY, KeyDirective::SECOND_IV),
        };
        match (&self.key, &self.iv) {
            (Some(key), Some(iv)) => {
                Ok(Some(SecretPair { key: key.secret.clone(), iv: iv.secret.clone(), seal: None }))
            }
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
