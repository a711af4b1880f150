//! Decoding agrees with the reference for any characters and any plain text, and returns the
//! encoded fields.
//!
//! Input: a byte of choices, eight bytes of expiry, and the rest, which is one of these:
//!
//! - the characters of a token
//! - its plain text, to reach the checks of padding, CRC and fields
//! - the path of a token to encode
#![no_main]

use libfuzzer_sys::fuzz_target;
use pta_fuzz::hex;
use pta_fuzz::token::{self, Decoded, Pair};
use pta_token::{KeyPair, KeyRing, PairId, Refusal, buffer_len, decode_watched, encode};

const FIRST: Pair = Pair { key: *b"the first key...", iv: *b"and the first IV" };
const SECOND: Pair = Pair { key: *b"another key is 2", iv: *b"its IV is other." };

fuzz_target!(|data: &[u8]| {
    let [choices, e0, e1, e2, e3, e4, e5, e6, e7, rest @ ..] = data else { return };
    let expires = i64::from_be_bytes([*e0, *e1, *e2, *e3, *e4, *e5, *e6, *e7]);
    let pairs: &[(PairId, Pair)] = match choices & 3 {
        0 => &[(PairId::First, FIRST)],
        1 => &[(PairId::Second, SECOND)],
        _ => &[(PairId::First, FIRST), (PairId::Second, SECOND)],
    };
    let sealing = if choices & 4 == 0 { FIRST } else { SECOND };
    let mut token = match choices >> 3 & 3 {
        0 => rest.to_vec(),
        1 => hex::encode(&token::encrypt(sealing, &with_crc(expires, rest))).into_bytes(),
        2 => hex::encode(&token::encrypt(sealing, &token::padded(rest))).into_bytes(),
        _ => encoded(sealing, expires, rest),
    };
    if choices & 0x20 != 0 {
        token.make_ascii_uppercase();
    }
    check_decoding(pairs, &token);
});

/// A plain text with a valid CRC, to test the padding, which `rest` ends with.
fn with_crc(expires: i64, rest: &[u8]) -> Vec<u8> {
    let mut plain = [&[0; 4], &expires.to_be_bytes()[..], rest].concat();
    plain.truncate(plain.len() / 16 * 16);
    let padding = usize::from(plain.last().copied().unwrap_or_default());
    if let Some(covered) = plain.len().checked_sub(padding).and_then(|end| plain.get(4..end)) {
        let crc32 = token::crc32(covered).to_be_bytes();
        plain[..4].copy_from_slice(&crc32);
    }
    plain
}

/// The project and the reference encode a path alike, and decoding returns it.
fn encoded(sealing: Pair, expires: i64, path: &[u8]) -> Vec<u8> {
    let made = encode(&key_pair(sealing), expires, path).ok();
    assert_eq!(made, token::encode(sealing, expires, path));
    let Some(token) = made else { return Vec::new() };
    let ring = ring(&[(PairId::First, sealing)]);
    let mut buffer = vec![0; buffer_len(token.len())];
    let claims = pta_token::decode(&ring, token.as_bytes(), &mut buffer).expect("the token was just encoded");
    assert_eq!((claims.expires, claims.path.as_bytes()), (expires, path));
    token.into_bytes()
}

/// Decodes in buffers that are just large enough or larger. Smaller ones never open a token.
fn check_decoding(pairs: &[(PairId, Pair)], token: &[u8]) {
    let ring = ring(pairs);
    // The box ends with the token, so the sanitizer reports a read beyond it.
    let token: Box<[u8]> = token.into();
    let expected = token::decode(pairs, &token);
    let needed = buffer_len(token.len());
    for (len, content) in
        [(needed, 0), (needed, 0xa5), (needed + 1, 0x10), (needed + 16, 1), (needed + 33, 0)]
    {
        assert_eq!(decode_into(&ring, &token, &mut vec![content; len]), expected, "buffer of {len} bytes");
    }
    for len in [0, needed / 2, needed.saturating_sub(16), needed.saturating_sub(1)] {
        if len < needed {
            let (decoded, _) = decode_into(&ring, &token, &mut vec![0; len]);
            assert!(!matches!(decoded, Decoded::Opened { .. }), "buffer of {len} bytes");
        }
    }
}

fn decode_into(
    ring: &KeyRing,
    token: &[u8],
    buffer: &mut [u8],
) -> (Decoded, Vec<(PairId, pta_token::Attempt)>) {
    let mut attempts = Vec::new();
    let decoded = match decode_watched(ring, token, buffer, |pair, attempt| attempts.push((pair, attempt))) {
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
    (decoded, attempts)
}

fn ring(pairs: &[(PairId, Pair)]) -> KeyRing {
    let pair = |id| pairs.iter().find(|(found, _)| *found == id).map(|&(_, pair)| key_pair(pair));
    KeyRing::new(pair(PairId::First), pair(PairId::Second)).expect("there is a pair")
}

fn key_pair(pair: Pair) -> KeyPair {
    KeyPair::from_hex(hex::encode(&pair.key).as_bytes(), hex::encode(&pair.iv).as_bytes()).expect("a key")
}
