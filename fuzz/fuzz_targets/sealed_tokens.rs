//! Sealed tokens are made, parsed and opened as by the reference, for any characters, keys and
//! bindings.
//!
//! Input: a byte of choices, a text, a NUL, and the values of the binding, each ended by `|`. The text
//! is one of these:
//!
//! - the characters of a token
//! - what stands before the seal, so that seals are right
//! - the nonce of a token that is made here, and that opens
#![no_main]

use libfuzzer_sys::fuzz_target;
use pta_fuzz::hex;
use pta_fuzz::seal::{self, SealingPair};
use pta_fuzz::token::{self, Decoded, Pair};
use pta_token::{
    Binding, Claims, KeyMaterial, KeyRing, Nonce, PairId, Refusal, SealKey, SealSecret, SealedToken, Sealing,
    Secret, SecretPair, buffer_len, decode_or_else, encode_sealed,
};

const FIRST: Pair = Pair { key: *b"the first key...", iv: *b"and the first IV" };
const SECOND: Pair = Pair { key: *b"another key is 2", iv: *b"its IV is other." };
const FIRST_SEAL: [u8; 32] = *b"the first seal key has 32 bytes.";
const SECOND_SEAL: [u8; 32] = *b"and so has the second seal key..";
const EXPIRES: i64 = 1_893_423_600;

fuzz_target!(|data: &[u8]| {
    let [choices, rest @ ..] = data else { return };
    let nul = rest.iter().position(|&byte| byte == 0).unwrap_or(rest.len());
    let (text, values) = rest.split_at(nul);
    let mut values: Vec<&[u8]> = values.get(1..).unwrap_or_default().split(|&byte| byte == b'|').collect();
    // What follows the last mark is not a value.
    values.pop();
    let first = SealingPair { pair: FIRST, seal: (choices & 1 == 0).then_some(FIRST_SEAL) };
    let second = SealingPair { pair: SECOND, seal: (choices & 2 == 0).then_some(SECOND_SEAL) };
    let pairs = [(PairId::First, first), (PairId::Second, second)];
    let require_seal = choices & 4 != 0;
    let (pair, key) = if choices & 8 == 0 { (FIRST, FIRST_SEAL) } else { (SECOND, SECOND_SEAL) };
    let token = match choices >> 4 & 3 {
        0 => text.to_vec(),
        1 => with_seal(text, &key, &values),
        2 => {
            let token = token::encode(pair, EXPIRES, b"/a").expect("a pattern");
            with_seal(&[token.as_bytes(), b".", text].concat(), &key, &values)
        }
        _ => made(pair, &key, text, &values),
    };
    let ring = ring(&pairs, require_seal);
    check(&pairs, &ring, require_seal, &values, &token);
    // The seal covers every character, and every value.
    let opens = |values: &[&[u8]], token: &[u8]| is_opened(&ring, values, token);
    if token.contains(&b'.') && opens(&values, &token) {
        assert!(values.is_empty() || !opens(&values[1..], &token));
        assert!(!opens(&[&values[..], &[b"x"]].concat(), &token));
        for at in 0..token.len().min(100) {
            let mut changed = token.clone();
            changed[at] ^= 0x20;
            assert!(!opens(&values, &changed), "character {at}");
        }
    }
});

fn with_seal(text: &[u8], key: &[u8; 32], values: &[&[u8]]) -> Vec<u8> {
    [text, b".", seal::seal(key, text, values).as_bytes()].concat()
}

/// A token made by the project, which is the same as the reference's.
fn made(pair: Pair, key: &[u8; 32], path: &[u8], values: &[&[u8]]) -> Vec<u8> {
    let (Ok(binding), Some(token)) = (Binding::new(values), token::encode(pair, EXPIRES, path)) else {
        return Vec::new();
    };
    let nonce = Nonce::new(b"twelve bytes");
    let seal_key = SealKey::new(&seal_secret(key));
    let sealing = Sealing { key: &seal_key, nonce: Some(&nonce), binding };
    let made = encode_sealed(&secrets(pair, None).expand(), EXPIRES, path, sealing).expect("a pattern");
    let text = format!("{token}.dHdlbHZlIGJ5dGVz");
    assert_eq!(made.as_bytes(), with_seal(text.as_bytes(), key, values));
    made.into_bytes()
}

fn check(
    pairs: &[(PairId, SealingPair)],
    ring: &KeyRing,
    require_seal: bool,
    values: &[&[u8]],
    token: &[u8],
) {
    // The box ends with the token, so the sanitizer reports a read beyond it.
    let token: Box<[u8]> = token.into();
    let expected = seal::decode(pairs, require_seal, values, &token);
    for content in [0, 0xa5] {
        let mut buffer = vec![content; buffer_len(token.len())];
        let decoded = match open(ring, values, &token, &mut buffer) {
            Err(Refusal::Malformed) => Decoded::Malformed,
            Err(Refusal::Undecryptable) => Decoded::Undecryptable,
            Err(refusal) => panic!("decoding returned {refusal}"),
            Ok(claims) => Decoded::Opened {
                pair: claims.pair,
                crc32: claims.crc32,
                expires: claims.expires,
                path: claims.path.as_bytes().to_vec(),
            },
        };
        assert_eq!(decoded, expected);
    }
}

fn is_opened(ring: &KeyRing, values: &[&[u8]], token: &[u8]) -> bool {
    open(ring, values, token, &mut vec![0; buffer_len(token.len())]).is_ok()
}

fn open<'b>(
    ring: &KeyRing,
    values: &[&[u8]],
    token: &[u8],
    buffer: &'b mut [u8],
) -> Result<Claims<'b>, Refusal> {
    decode_or_else(ring, token, buffer, |buffer| {
        let sealed = SealedToken::parse(token)?;
        let binding = Binding::new(values).map_err(|_| Refusal::Undecryptable)?;
        sealed.open(ring, binding, buffer)
    })
}

fn ring(pairs: &[(PairId, SealingPair)], require_seal: bool) -> KeyRing {
    let pair = |id| {
        let found = pairs.iter().find(|(found, _)| *found == id);
        found.map(|(_, found)| secrets(found.pair, found.seal.as_ref()))
    };
    let material = KeyMaterial { first: pair(PairId::First), second: pair(PairId::Second), require_seal };
    material.ring().expect("there is a pair")
}

fn secrets(pair: Pair, seal: Option<&[u8; 32]>) -> SecretPair {
    let secret = |bytes: &[u8]| Secret::from_hex(hex::encode(bytes).as_bytes()).expect("a key");
    SecretPair { key: secret(&pair.key), iv: secret(&pair.iv), seal: seal.map(seal_secret) }
}

fn seal_secret(bytes: &[u8; 32]) -> SealSecret {
    SealSecret::from_hex(hex::encode(bytes).as_bytes()).expect("a seal key")
}
