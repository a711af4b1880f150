//! Seal keys, and the seals that they make. Keys are wiped on drop and never printed.

use core::cmp::Ordering;
use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::binding::Binding;

/// Length of a seal key, in bytes.
pub const SEAL_KEY_LEN: usize = 32;

/// Length of a seal, in bytes: the first half of an HMAC-SHA-256.
pub(crate) const SEAL_LEN: usize = 16;

/// The MAC covers this before the text, so that it is not valid for any other purpose.
const DOMAIN: &[u8] = b"pta-seal-1\0";

/// Why a text is not a seal key. The text itself is never part of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealKeyError {
    /// The text has this many characters instead of 64.
    Length(usize),
    /// A character is not a hexadecimal digit.
    NotHex,
}

impl fmt::Display for SealKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(got) => write!(f, "must be 64 hexadecimal digits, not {got} characters"),
            Self::NotHex => f.write_str("must be 64 hexadecimal digits, but contains other characters"),
        }
    }
}

impl core::error::Error for SealKeyError {}

/// A seal key as it is configured: 32 bytes. They are wiped on drop and printed as
/// `SealSecret(..)`.
#[derive(Clone, PartialEq, Eq)]
pub struct SealSecret(pub(crate) Zeroizing<[u8; SEAL_KEY_LEN]>);

impl SealSecret {
    /// Parses 64 hexadecimal digits of either case.
    ///
    /// # Errors
    ///
    /// A [`SealKeyError`], which does not contain the text.
    pub fn from_hex(text: &[u8]) -> Result<Self, SealKeyError> {
        if text.len() != SEAL_KEY_LEN * 2 {
            return Err(SealKeyError::Length(text.len()));
        }
        let mut bytes = Zeroizing::new([0; SEAL_KEY_LEN]);
        // The decoder skips a "0x" prefix. It then finds 62 digits for 32 bytes, which is an error.
        const_hex::decode_to_slice(text, bytes.as_mut_slice()).map_err(|_| SealKeyError::NotHex)?;
        Ok(Self(bytes))
    }
}

/// Lets a seal key be a part of the key of a map. The order has no meaning.
impl Ord for SealSecret {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.as_slice().cmp(other.0.as_slice())
    }
}

impl PartialOrd for SealSecret {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for SealSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealSecret(..)")
    }
}

/// A seal key ready for use: the states of the inner and the outer hash after their first block,
/// which depends on the key alone. They are wiped on drop and printed as `SealKey(..)`.
#[derive(Clone)]
pub struct SealKey(Hmac<Sha256>);

/// A MAC consists of such hashes. This does not compile without the feature "zeroize" of the crates.
const _: fn(&Sha256) -> &dyn ZeroizeOnDrop = |hash| hash;

impl SealKey {
    /// Computes the states of both hashes.
    #[must_use]
    pub fn new(secret: &SealSecret) -> Self {
        // One block of SHA-256: the key, filled up with zeros, as HMAC demands for a short key.
        let mut block = Zeroizing::new([0; 64]);
        for (byte, &key) in block.iter_mut().zip(secret.0.iter()) {
            *byte = key;
        }
        Self(Hmac::new((&*block).into()))
    }

    /// The seal of `text`, which is all that stands before the last dot of a token.
    pub(crate) fn seal(&self, text: &[u8], binding: Binding<'_>) -> [u8; SEAL_LEN] {
        let mac = self.mac(text, binding).finalize().into_bytes();
        let mut seal = [0; SEAL_LEN];
        for (byte, &mac) in seal.iter_mut().zip(mac.iter()) {
            *byte = mac;
        }
        seal
    }

    /// Whether `seal` is that of `text`. The time does not depend on how many bytes are right.
    pub(crate) fn verify(&self, text: &[u8], binding: Binding<'_>, seal: &[u8; SEAL_LEN]) -> bool {
        self.mac(text, binding).verify_truncated_left(seal).is_ok()
    }

    fn mac(&self, text: &[u8], binding: Binding<'_>) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(DOMAIN);
        mac.update(text);
        // A text never contains a NUL: it consists of hexadecimal digits, dots and base64url.
        mac.update(&[0]);
        for (len, value) in binding.values() {
            mac.update(&len.to_be_bytes());
            mac.update(value);
        }
        mac
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    const KEY: &[u8; 64] = b"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    #[test]
    fn takes_64_hex_digits_of_either_case() {
        let upper = SealSecret::from_hex(&KEY.to_ascii_uppercase()).unwrap();
        assert_eq!(SealSecret::from_hex(KEY).unwrap(), upper);
    }

    #[test]
    fn refuses_any_other_text_without_repeating_it() {
        assert_eq!(SealSecret::from_hex(b"").unwrap_err(), SealKeyError::Length(0));
        assert_eq!(SealSecret::from_hex(&KEY[1..]).unwrap_err(), SealKeyError::Length(63));
        for prefix in [&b"0x"[..], b"g", b" "] {
            let mut text = *KEY;
            text[..prefix.len()].copy_from_slice(prefix);
            assert_eq!(SealSecret::from_hex(&text).unwrap_err(), SealKeyError::NotHex);
        }
        let error = format!("{}", SealKeyError::NotHex);
        assert_eq!(error, "must be 64 hexadecimal digits, but contains other characters");
        let error = format!("{}", SealKeyError::Length(32));
        assert_eq!(error, "must be 64 hexadecimal digits, not 32 characters");
    }

    #[test]
    fn seal_keys_are_ordered_by_their_bytes() {
        let [lower, higher] = [[b'0'; 64], [b'1'; 64]].map(|digits| SealSecret::from_hex(&digits).unwrap());
        assert_eq!(lower.partial_cmp(&higher), Some(Ordering::Less));
        assert_eq!(higher.cmp(&lower), Ordering::Greater);
        assert_eq!(lower.cmp(&lower.clone()), Ordering::Equal);
    }

    #[test]
    fn prints_no_key() {
        let secret = SealSecret::from_hex(KEY).unwrap();
        assert_eq!(format!("{secret:?} {:?}", SealKey::new(&secret)), "SealSecret(..) SealKey(..)");
    }
}
