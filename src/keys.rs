//! The four directives of keys and IVs: what is given where, and the ring that they make.

use core::fmt;
use std::sync::Arc;

use pta_token::{KeyPair, KeyRing, Secret};

use crate::conf::inherit;
use crate::place::Place;

/// The four directives that make two pairs; each is inherited on its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyPart {
    FirstKey,
    FirstIv,
    SecondKey,
    SecondIv,
}

impl KeyPart {
    pub(crate) fn of_directive(name: &[u8]) -> Option<Self> {
        [Self::FirstKey, Self::FirstIv, Self::SecondKey, Self::SecondIv]
            .into_iter()
            .find(|part| part.directive().as_bytes() == name)
    }

    fn directive(self) -> &'static str {
        match self {
            Self::FirstKey => "pta_1st_key",
            Self::FirstIv => "pta_1st_iv",
            Self::SecondKey => "pta_2nd_key",
            Self::SecondIv => "pta_2nd_iv",
        }
    }
}

/// A key or an IV, with the place of its directive.
struct PlacedSecret {
    secret: Secret,
    place: Place,
}

/// The key material of one location, as far as it is given there or above.
#[derive(Clone, Default)]
pub(crate) struct KeyParts {
    first_key: Option<Arc<PlacedSecret>>,
    first_iv: Option<Arc<PlacedSecret>>,
    second_key: Option<Arc<PlacedSecret>>,
    second_iv: Option<Arc<PlacedSecret>>,
}

impl KeyParts {
    pub(crate) fn is_set(&mut self, part: KeyPart) -> bool {
        self.slot(part).is_some()
    }

    pub(crate) fn set(&mut self, part: KeyPart, secret: Secret, place: Place) {
        *self.slot(part) = Some(Arc::new(PlacedSecret { secret, place }));
    }

    fn slot(&mut self, part: KeyPart) -> &mut Option<Arc<PlacedSecret>> {
        match part {
            KeyPart::FirstKey => &mut self.first_key,
            KeyPart::FirstIv => &mut self.first_iv,
            KeyPart::SecondKey => &mut self.second_key,
            KeyPart::SecondIv => &mut self.second_iv,
        }
    }

    pub(crate) fn merge(&mut self, parent: &Self) {
        inherit(&mut self.first_key, parent.first_key.as_ref());
        inherit(&mut self.first_iv, parent.first_iv.as_ref());
        inherit(&mut self.second_key, parent.second_key.as_ref());
        inherit(&mut self.second_iv, parent.second_iv.as_ref());
    }

    /// Whether all four come from the same directives.
    pub(crate) fn same_as(&self, other: &Self) -> bool {
        let same = |one: &Option<Arc<PlacedSecret>>, other: &Option<Arc<PlacedSecret>>| match (one, other) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        };
        same(&self.first_key, &other.first_key)
            && same(&self.first_iv, &other.first_iv)
            && same(&self.second_key, &other.second_key)
            && same(&self.second_iv, &other.second_iv)
    }

    /// The 1st pair alone, if it is complete.
    pub(crate) fn first_pair(&self) -> Option<RingMaterial> {
        let (key, iv) = (self.first_key.as_deref()?, self.first_iv.as_deref()?);
        Some(RingMaterial { first: Some((key.secret.clone(), iv.secret.clone())), second: None })
    }

    /// The complete pairs, or what is missing to one.
    pub(crate) fn material(&self) -> Result<RingMaterial, IncompleteKeys> {
        let first = Self::pair(
            (KeyPart::FirstKey, self.first_key.as_deref()),
            (KeyPart::FirstIv, self.first_iv.as_deref()),
        )?;
        let second = Self::pair(
            (KeyPart::SecondKey, self.second_key.as_deref()),
            (KeyPart::SecondIv, self.second_iv.as_deref()),
        )?;
        if first.is_none() && second.is_none() {
            return Err(IncompleteKeys::NoPair);
        }
        Ok(RingMaterial { first, second })
    }

    fn pair(
        (key_part, key): (KeyPart, Option<&PlacedSecret>),
        (iv_part, iv): (KeyPart, Option<&PlacedSecret>),
    ) -> Result<Option<(Secret, Secret)>, IncompleteKeys> {
        match (key, iv) {
            (Some(key), Some(iv)) => Ok(Some((key.secret.clone(), iv.secret.clone()))),
            (None, None) => Ok(None),
            (Some(key), None) => {
                Err(IncompleteKeys::HalfPair { given: key_part, missing: iv_part, place: key.place.clone() })
            }
            (None, Some(iv)) => {
                Err(IncompleteKeys::HalfPair { given: iv_part, missing: key_part, place: iv.place.clone() })
            }
        }
    }
}

/// Why a location that enables PTA has no ring of keys.
pub(crate) enum IncompleteKeys {
    NoPair,
    HalfPair { given: KeyPart, missing: KeyPart, place: Place },
}

impl fmt::Display for IncompleteKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPair => f.write_str(
                "no \"pta_1st_key\" and \"pta_1st_iv\", nor \"pta_2nd_key\" and \"pta_2nd_iv\", are defined",
            ),
            Self::HalfPair { given, missing, place } => {
                write!(
                    f,
                    "no \"{}\" is defined for the \"{}\" in {place}",
                    missing.directive(),
                    given.directive()
                )
            }
        }
    }
}

/// The bytes of a ring, by which rings of equal keys are known to be the same.
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct RingMaterial {
    first: Option<(Secret, Secret)>,
    second: Option<(Secret, Secret)>,
}

impl RingMaterial {
    pub(crate) fn ring(&self) -> Option<KeyRing> {
        let pair = |pair: &Option<(Secret, Secret)>| pair.as_ref().map(|(key, iv)| KeyPair::new(key, iv));
        KeyRing::new(pair(&self.first), pair(&self.second))
    }
}
