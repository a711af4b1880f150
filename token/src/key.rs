//! Key pairs and key rings. Keys are wiped on drop and never printed.

use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;

use aes::cipher::{BlockEncrypt, KeyInit};
use aes::{Aes128, Block};
use zeroize::Zeroizing;

use crate::seal_key::SealKey;

/// Length of a key, of an IV and of a cipher block, in bytes.
pub const BLOCK_LEN: usize = 16;

/// Why a text is neither a key nor an IV. The text itself is never part of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// The text has this many characters instead of 32.
    Length(usize),
    /// A character is not a hexadecimal digit.
    NotHex,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(got) => write!(f, "must be 32 hexadecimal digits, not {got} characters"),
            Self::NotHex => f.write_str("must be 32 hexadecimal digits, but contains other characters"),
        }
    }
}

impl core::error::Error for KeyError {}

/// The 16 bytes of a key or of an IV. They are wiped on drop and printed as `Secret(..)`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<[u8; BLOCK_LEN]>);

impl Secret {
    /// Parses 32 hexadecimal digits of either case.
    ///
    /// # Errors
    ///
    /// A [`KeyError`], which does not contain the text.
    pub fn from_hex(text: &[u8]) -> Result<Self, KeyError> {
        if text.len() != BLOCK_LEN * 2 {
            return Err(KeyError::Length(text.len()));
        }
        let mut bytes = Zeroizing::new([0; BLOCK_LEN]);
        // The decoder skips a "0x" prefix. It then finds 30 digits for 16 bytes, which is an error.
        const_hex::decode_to_slice(text, bytes.as_mut_slice()).map_err(|_| KeyError::NotHex)?;
        Ok(Self(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }
}

/// Lets a secret be the key of a map. The order has no meaning.
impl Ord for Secret {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.as_slice().cmp(other.0.as_slice())
    }
}

impl PartialOrd for Secret {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// A key with its IV, the key schedules expanded, and the seal key, if there is one. It is wiped on
/// drop and printed as `KeyPair(..)`.
#[derive(Clone)]
pub struct KeyPair {
    pub(crate) cipher: Aes128,
    pub(crate) iv: Zeroizing<[u8; BLOCK_LEN]>,
    seal: Option<SealKey>,
}

impl KeyPair {
    /// Expands the schedules of `key`. The pair has no seal key.
    #[must_use]
    pub fn new(key: &Secret, iv: &Secret) -> Self {
        Self { cipher: Aes128::new((&*key.0).into()), iv: iv.0.clone(), seal: None }
    }

    /// The same pair with this seal key, or without one.
    #[must_use]
    pub fn with_seal_key(self, seal: Option<SealKey>) -> Self {
        Self { seal, ..self }
    }

    /// The seal key, if there is one.
    #[must_use]
    pub fn seal_key(&self) -> Option<&SealKey> {
        self.seal.as_ref()
    }

    /// A number that is the same for the same key and IV, and does not reveal them.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let mut block = Block::from(*self.iv);
        self.cipher.encrypt_block(&mut block);
        block.iter().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
    }

    /// Parses a key and an IV, 32 hexadecimal digits each.
    ///
    /// # Errors
    ///
    /// The [`KeyError`] of `key`, or else that of `iv`.
    pub fn from_hex(key: &[u8], iv: &[u8]) -> Result<Self, KeyError> {
        Ok(Self::new(&Secret::from_hex(key)?, &Secret::from_hex(iv)?))
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyPair(..)")
    }
}

/// Which pair of a ring opened a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairId {
    /// The 1st pair.
    First,
    /// The 2nd pair.
    Second,
}

impl PairId {
    /// Both pairs, in the order in which they are tried.
    pub const ALL: [Self; 2] = [Self::First, Self::Second];

    /// The name of the pair in directives, variables, logs and options.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::First => "1st",
            Self::Second => "2nd",
        }
    }
}

impl fmt::Display for PairId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One or two key pairs, which are tried in order. With two, keys can be rotated.
#[derive(Clone)]
pub struct KeyRing {
    /// The pairs, if the ring accepts tokens without seal.
    pairs: Vec<(PairId, KeyPair)>,
    /// The pairs, if it does not. So tokens without seal need no further condition.
    only_sealed: Vec<(PairId, KeyPair)>,
    /// An empty CRC to clone. A new one would detect the features of the CPU again.
    pub(crate) crc32: crc32fast::Hasher,
}

impl KeyRing {
    /// A ring of these pairs, which accepts tokens without seal. None if both pairs are missing.
    #[must_use]
    pub fn new(first: Option<KeyPair>, second: Option<KeyPair>) -> Option<Self> {
        let first = first.map(|pair| (PairId::First, pair));
        let second = second.map(|pair| (PairId::Second, pair));
        let pairs: Vec<_> = first.into_iter().chain(second).collect();
        let crc32 = crc32fast::Hasher::new();
        (!pairs.is_empty()).then(|| Self { pairs, only_sealed: Vec::new(), crc32 })
    }

    /// The same pairs, but a token without seal is malformed.
    #[must_use]
    pub fn requiring_seal(mut self) -> Self {
        self.only_sealed.append(&mut self.pairs);
        self
    }

    /// Whether a token without seal is malformed.
    #[must_use]
    pub fn requires_seal(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Whether a pair has a seal key. If none has, the ring opens no sealed token.
    #[must_use]
    pub fn has_seal_key(&self) -> bool {
        self.pairs().any(|(_, pair)| pair.seal_key().is_some())
    }

    /// The 1st pair, if there is one.
    #[must_use]
    pub fn first(&self) -> Option<&KeyPair> {
        let (id, pair) = self.pairs.first().or_else(|| self.only_sealed.first())?;
        (*id == PairId::First).then_some(pair)
    }

    /// The pairs in the order in which they are tried.
    #[inline]
    pub fn pairs(&self) -> impl Iterator<Item = (PairId, &KeyPair)> {
        self.pairs.iter().chain(&self.only_sealed).map(|(id, pair)| (*id, pair))
    }

    /// The pairs that open tokens without seal: all or none.
    #[inline]
    pub(crate) fn pairs_without_seal(&self) -> impl Iterator<Item = (PairId, &KeyPair)> {
        self.pairs.iter().map(|(id, pair)| (*id, pair))
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pairs = if self.requires_seal() { &self.only_sealed } else { &self.pairs };
        f.debug_struct("KeyRing").field("pairs", pairs).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    const KEY: &[u8] = b"00112233445566778899aabbccddeeff";

    #[test]
    fn a_fingerprint_is_that_of_key_and_iv() {
        let print = |key: &[u8], iv: &[u8]| KeyPair::from_hex(key, iv).unwrap().fingerprint();
        let other: &[u8] = b"00112233445566778899aabbccddeefe";
        assert_eq!(print(KEY, other), print(&KEY.to_ascii_uppercase(), other));
        let all = [print(KEY, KEY), print(KEY, other), print(other, KEY), print(other, other)];
        assert!(all.iter().enumerate().all(|(at, print)| !all[..at].contains(print)));
    }

    #[test]
    fn takes_hex_digits_of_either_case() {
        let upper = Secret::from_hex(b"00112233445566778899AABBCCDDEEFF").unwrap();
        assert_eq!(Secret::from_hex(KEY).unwrap(), upper);
    }

    #[test]
    fn refuses_any_other_text_without_repeating_it() {
        assert_eq!(Secret::from_hex(b"").unwrap_err(), KeyError::Length(0));
        assert_eq!(Secret::from_hex(&KEY[1..]).unwrap_err(), KeyError::Length(31));
        assert_eq!(Secret::from_hex(b"0x112233445566778899aabbccddeeff").unwrap_err(), KeyError::NotHex);
        let error = Secret::from_hex(b"secretsecretsecretsecretsecretse").unwrap_err();
        assert_eq!(error, KeyError::NotHex);
        assert_eq!(format!("{error}"), "must be 32 hexadecimal digits, but contains other characters");
        let error = format!("{}", KeyError::Length(31));
        assert_eq!(error, "must be 32 hexadecimal digits, not 31 characters");
    }

    #[test]
    fn secrets_are_ordered_by_their_bytes() {
        let [lower, higher] = [[b'0'; 32], [b'1'; 32]].map(|digits| Secret::from_hex(&digits).unwrap());
        assert_eq!(lower.partial_cmp(&higher), Some(Ordering::Less));
        assert_eq!(higher.cmp(&lower), Ordering::Greater);
        assert_eq!(lower.cmp(&lower.clone()), Ordering::Equal);
    }

    #[test]
    fn the_pairs_are_the_1st_and_the_2nd() {
        assert_eq!(PairId::ALL.map(PairId::name), ["1st", "2nd"]);
        assert_eq!(PairId::ALL.map(|id| format!("{id}")), ["1st", "2nd"]);
    }

    #[test]
    fn a_ring_may_lack_its_1st_pair() {
        let [one, other] = [[b'1'; 32], [b'2'; 32]].map(|digits| KeyPair::from_hex(KEY, &digits).unwrap());
        let both = KeyRing::new(Some(one.clone()), Some(other.clone())).unwrap();
        assert_eq!(both.first().map(|pair| &pair.iv), Some(&one.iv));
        assert!(KeyRing::new(None, Some(other)).unwrap().first().is_none());
    }

    #[test]
    fn prints_no_key() {
        let secret = Secret::from_hex(KEY).unwrap();
        let pair = KeyPair::new(&secret, &secret);
        assert_eq!(format!("{secret:?}"), "Secret(..)");
        assert_eq!(format!("{pair:?}"), "KeyPair(..)");
        let ring = KeyRing::new(Some(pair), None).unwrap();
        assert_eq!(format!("{ring:?}"), "KeyRing { pairs: [(First, KeyPair(..))], .. }");
    }

    #[test]
    fn a_ring_has_at_least_one_pair_and_a_fixed_order() {
        let pair = || Some(KeyPair::from_hex(KEY, KEY).unwrap());
        assert!(KeyRing::new(None, None).is_none());
        let ids = |ring: KeyRing| ring.pairs().map(|(id, _)| id).collect::<Vec<_>>();
        assert_eq!(ids(KeyRing::new(pair(), pair()).unwrap()), [PairId::First, PairId::Second]);
        assert_eq!(ids(KeyRing::new(None, pair()).unwrap()), [PairId::Second]);
    }
}
