//! The four directives of keys and IVs: what is given where, and the ring that they make.

use core::fmt;
use std::rc::Rc;

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
#[derive(Clone)]
struct PlacedSecret {
    secret: Secret,
    place: Place,
}

/// The key material of one location, as far as it is given there or above. Locations that add nothing share it.
#[derive(Clone, Default)]
pub(crate) struct KeyParts(Option<Rc<Parts>>);

#[derive(Clone, Default)]
struct Parts {
    first_key: Option<PlacedSecret>,
    first_iv: Option<PlacedSecret>,
    second_key: Option<PlacedSecret>,
    second_iv: Option<PlacedSecret>,
}

impl Parts {
    fn slot(&mut self, part: KeyPart) -> &mut Option<PlacedSecret> {
        match part {
            KeyPart::FirstKey => &mut self.first_key,
            KeyPart::FirstIv => &mut self.first_iv,
            KeyPart::SecondKey => &mut self.second_key,
            KeyPart::SecondIv => &mut self.second_iv,
        }
    }
}

impl KeyParts {
    pub(crate) fn is_set(&mut self, part: KeyPart) -> bool {
        self.slot(part).is_some()
    }

    pub(crate) fn set(&mut self, part: KeyPart, secret: Secret, place: Place) {
        *self.slot(part) = Some(PlacedSecret { secret, place });
    }

    fn slot(&mut self, part: KeyPart) -> &mut Option<PlacedSecret> {
        Rc::make_mut(self.0.get_or_insert_default()).slot(part)
    }

    pub(crate) fn merge(&mut self, parent: &Self) {
        let Some(inherited) = &parent.0 else { return };
        match &mut self.0 {
            None => self.0 = Some(Rc::clone(inherited)),
            Some(own) => {
                let own = Rc::make_mut(own);
                inherit(&mut own.first_key, inherited.first_key.as_ref());
                inherit(&mut own.first_iv, inherited.first_iv.as_ref());
                inherit(&mut own.second_key, inherited.second_key.as_ref());
                inherit(&mut own.second_iv, inherited.second_iv.as_ref());
            }
        }
    }

    /// Whether nothing of one is its own.
    pub(crate) fn same_as(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) => Rc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        }
    }

    /// The 1st pair alone, if it is complete.
    pub(crate) fn first_pair(&self) -> Option<RingMaterial> {
        let parts = self.0.as_deref()?;
        let (key, iv) = (parts.first_key.as_ref()?, parts.first_iv.as_ref()?);
        Some(RingMaterial { first: Some((key.secret.clone(), iv.secret.clone())), second: None })
    }

    /// The complete pairs, or what is missing to one.
    pub(crate) fn material(&self) -> Result<RingMaterial, IncompleteKeys> {
        let parts = self.0.as_deref().ok_or(IncompleteKeys::NoPair)?;
        let first = Self::pair(
            (KeyPart::FirstKey, parts.first_key.as_ref()),
            (KeyPart::FirstIv, parts.first_iv.as_ref()),
        )?;
        let second = Self::pair(
            (KeyPart::SecondKey, parts.second_key.as_ref()),
            (KeyPart::SecondIv, parts.second_iv.as_ref()),
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
                Err(IncompleteKeys::HalfPair { given: key_part, missing: iv_part, place: key.place })
            }
            (None, Some(iv)) => {
                Err(IncompleteKeys::HalfPair { given: iv_part, missing: key_part, place: iv.place })
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
#[derive(PartialEq, Eq, PartialOrd, Ord)]
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
