//! Sealed tokens, and the ring that opens them.

use pta_token::{Binding, KeyPair, KeyRing, SealKey, SealSecret, Sealing, encode_sealed};

use crate::tokens::{EXPIRES, REQUEST_PREFIX, pairs};

/// What tokens are bound to.
pub const ADDRESS: &[&[u8]] = &[b"198.51.100.123"];

/// The most values of 4 KiB: as much as nginx takes in one request by default.
pub const LONG: &[&[u8]] = &[&[b'x'; 4096] as &[u8]; 7];

const KEYS: [[u8; 32]; 2] = [[0x3c; 32], [0xc3; 32]];

fn pair(number: usize) -> KeyPair {
    let (key, iv) = pairs()[number];
    let [key, iv] = [key, iv].map(const_hex::encode);
    let secret = SealSecret::from_hex(const_hex::encode(KEYS[number]).as_bytes()).unwrap();
    let pair = KeyPair::from_hex(key.as_bytes(), iv.as_bytes()).unwrap();
    pair.with_seal_key(Some(SealKey::new(&secret)))
}

/// Both pairs with their seal keys.
#[must_use]
pub fn sealing_ring() -> KeyRing {
    KeyRing::new(Some(pair(0)), Some(pair(1))).unwrap()
}

/// A sealed token of the 1st pair for one path, and the path. Without its seal, it has `characters`
/// characters.
#[must_use]
pub fn sealed(characters: usize, binding: &[&[u8]]) -> (String, Vec<u8>) {
    let mut path = REQUEST_PREFIX.to_vec();
    path.resize(characters / 2 - 1 - 12, b'x');
    let pair = pair(0);
    let binding = Binding::new(binding).unwrap();
    let sealing = Sealing { key: pair.seal_key().unwrap(), nonce: None, binding };
    let text = encode_sealed(&pair, EXPIRES, &path, sealing).unwrap();
    assert_eq!(text.len(), characters + 23);
    (text, path)
}
