//! Keys as they are configured, before their schedules are expanded.

use crate::key::{BLOCK_LEN, KeyPair, KeyRing, PairId, Secret};
use crate::seal_key::{SealKey, SealSecret};

/// A key and its IV, and the seal key that belongs to them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretPair {
    /// The key.
    pub key: Secret,
    /// The IV.
    pub iv: Secret,
    /// The seal key. Without it, the pair neither makes nor opens sealed tokens.
    pub seal: Option<SealSecret>,
}

impl SecretPair {
    /// Expands the schedules of the key, and computes the states of the seal key.
    #[must_use]
    pub fn expand(&self) -> KeyPair {
        KeyPair::new(&self.key, &self.iv).with_seal_key(self.seal.as_ref().map(SealKey::new))
    }
}

impl SealSecret {
    /// Whether the bytes of `secret`, a key or an IV, are a part of this seal key. Who knows the one
    /// then knows half of the other.
    #[must_use]
    pub fn contains(&self, secret: &Secret) -> bool {
        self.0.windows(BLOCK_LEN).any(|window| window == secret.bytes())
    }
}

/// The keys of a ring. Rings of equal material are equal.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyMaterial {
    /// The 1st pair.
    pub first: Option<SecretPair>,
    /// The 2nd pair.
    pub second: Option<SecretPair>,
    /// Whether a token without seal is malformed.
    pub require_seal: bool,
}

impl KeyMaterial {
    /// One of the two pairs.
    #[must_use]
    pub fn pair(&self, id: PairId) -> Option<&SecretPair> {
        match id {
            PairId::First => self.first.as_ref(),
            PairId::Second => self.second.as_ref(),
        }
    }

    /// The ring of the pairs. None if there are no pairs.
    #[must_use]
    pub fn ring(&self) -> Option<KeyRing> {
        let expanded = |id| self.pair(id).map(SecretPair::expand);
        let ring = KeyRing::new(expanded(PairId::First), expanded(PairId::Second))?;
        Some(if self.require_seal { ring.requiring_seal() } else { ring })
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;

    use super::*;
    use crate::codec::encode;

    fn pair(digit: &str) -> SecretPair {
        let secret = || Secret::from_hex(digit.repeat(32).as_bytes()).unwrap();
        SecretPair { key: secret(), iv: secret(), seal: None }
    }

    /// One token for each pair of the ring.
    fn tokens(material: &KeyMaterial) -> Option<Vec<(PairId, String)>> {
        let token = |(id, pair): (PairId, &KeyPair)| (id, encode(pair, 1, b"/").unwrap());
        material.ring().map(|ring| ring.pairs().map(token).collect())
    }

    #[test]
    fn a_ring_has_the_pairs_of_its_material() {
        let token = |pair: &SecretPair| encode(&pair.expand(), 1, b"/").unwrap();
        let (one, two) = (token(&pair("1")), token(&pair("2")));
        let material = |first: Option<&str>, second: Option<&str>| KeyMaterial {
            first: first.map(pair),
            second: second.map(pair),
            require_seal: false,
        };
        assert_eq!(tokens(&material(None, None)), None);
        assert_eq!(tokens(&material(Some("1"), None)), Some([(PairId::First, one.clone())].into()));
        assert_eq!(tokens(&material(None, Some("2"))), Some([(PairId::Second, two.clone())].into()));
        assert_eq!(
            tokens(&material(Some("1"), Some("2"))),
            Some([(PairId::First, one), (PairId::Second, two)].into())
        );
    }

    #[test]
    fn each_pair_is_found_by_its_id() {
        let material = KeyMaterial { first: Some(pair("1")), second: Some(pair("2")), require_seal: false };
        assert_eq!(material.pair(PairId::First), Some(&pair("1")));
        assert_eq!(material.pair(PairId::Second), Some(&pair("2")));
        assert_eq!(KeyMaterial::default().pair(PairId::First), None);
    }

    #[test]
    fn prints_no_key() {
        let printed = format!("{:?}", KeyMaterial { first: Some(pair("1")), ..KeyMaterial::default() });
        assert_eq!(
            printed,
            "KeyMaterial { first: Some(SecretPair { key: Secret(..), iv: Secret(..), seal: None }), second: None, \
             require_seal: false }"
        );
    }
}
