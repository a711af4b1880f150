//! Properties of tokens and patterns, for random paths, expiries and damage.
// A failed test panics.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
#![allow(clippy::arithmetic_side_effects)]

use proptest::prelude::*;
use pta_token::{
    Binding, KeyPair, KeyRing, Nonce, PathPattern, SealKey, SealSecret, SealedToken, Sealing, buffer_len,
    decode, encode, encode_sealed,
};

fn ring() -> (KeyPair, KeyRing) {
    let pair =
        KeyPair::from_hex(b"00112233445566778899aabbccddeeff", b"ffeeddccbbaa99887766554433221100").unwrap();
    (pair.clone(), KeyRing::new(Some(pair), None).unwrap())
}

/// A slash and random bytes that are a valid pattern.
fn path() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..200)
        .prop_map(|tail| [b"/", &tail[..]].concat())
        .prop_filter("not a pattern", |path| PathPattern::parse(path).is_ok())
}

/// A ring whose pair has a seal key.
fn sealing_ring() -> (KeyPair, KeyRing) {
    let secret = SealSecret::from_hex(&[b'7'; 64]).unwrap();
    let pair = ring().0.with_seal_key(Some(SealKey::new(&secret)));
    (pair.clone(), KeyRing::new(Some(pair), None).unwrap().requiring_seal())
}

fn sealed(values: &[Vec<u8>], path: &[u8], random: Option<[u8; 12]>) -> String {
    let (pair, _) = sealing_ring();
    let nonce = random.map(|random| Nonce::new(&random));
    let values: Vec<&[u8]> = values.iter().map(Vec::as_slice).collect();
    let binding = Binding::new(&values).unwrap();
    let sealing = Sealing { key: pair.seal_key().unwrap(), nonce: nonce.as_ref(), binding };
    encode_sealed(&pair, 9, path, sealing).unwrap()
}

/// The path of a sealed token, if it opens.
fn opened(values: &[Vec<u8>], token: &[u8]) -> Option<Vec<u8>> {
    let (_, ring) = sealing_ring();
    let values: Vec<&[u8]> = values.iter().map(Vec::as_slice).collect();
    let mut buffer = vec![0x5a; buffer_len(token.len())];
    let sealed = SealedToken::parse(token).ok()?;
    let claims = sealed.open(&ring, Binding::new(&values).ok()?, &mut buffer).ok()?;
    Some(claims.path.as_bytes().to_vec())
}

/// Values of few different bytes, so that they often agree when joined.
fn values() -> impl Strategy<Value = Vec<Vec<u8>>> {
    prop::collection::vec(prop::collection::vec(0..3_u8, 1..4), 0..4)
}

/// A slow and simple matcher to compare with: it resolves the escapes, then tries every length for
/// the wildcard.
fn reference_match(pattern: &[u8], path: &[u8]) -> bool {
    let mut tokens: Vec<Option<u8>> = Vec::new();
    let mut at = 0;
    while at < pattern.len() {
        match (pattern[at], pattern.get(at + 1)) {
            (b'\\', Some(b'*')) => {
                tokens.push(Some(b'*'));
                at += 1;
            }
            (b'*', _) => tokens.push(None),
            (byte, _) => tokens.push(Some(byte)),
        }
        at += 1;
    }
    let Some(star) = tokens.iter().position(Option::is_none) else {
        return tokens.iter().map(|token| token.unwrap()).eq(path.iter().copied());
    };
    (0..=path.len()).any(|filled| {
        let middle = path.iter().skip(star).take(filled).copied().map(Some);
        let spelled: Vec<_> =
            tokens[..star].iter().copied().chain(middle).chain(tokens[star + 1..].iter().copied()).collect();
        spelled.iter().map(|token| token.unwrap()).eq(path.iter().copied())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn decode_gives_back_what_encode_was_given(path in path(), expires in any::<i64>()) {
        let (pair, ring) = ring();
        let token = encode(&pair, expires, &path).unwrap();
        let mut buffer = vec![0xa5; buffer_len(token.len())];
        let claims = decode(&ring, token.as_bytes(), &mut buffer).unwrap();
        prop_assert_eq!(claims.path.as_bytes(), &path[..]);
        prop_assert_eq!(claims.expires, expires);
    }

    #[test]
    fn a_flipped_bit_never_makes_another_valid_token(path in path(), expires in any::<i64>(), at in any::<prop::sample::Index>(), bit in 0..8_u32) {
        let (pair, ring) = ring();
        let mut bytes = const_hex::decode(encode(&pair, expires, &path).unwrap()).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let token = const_hex::encode(&bytes);
        let mut buffer = vec![0; buffer_len(token.len())];
        prop_assert!(decode(&ring, token.as_bytes(), &mut buffer).is_err());
    }

    #[test]
    fn a_changed_character_never_makes_another_valid_token(path in path(), expires in any::<i64>(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let (pair, ring) = ring();
        let mut token = encode(&pair, expires, &path).unwrap().into_bytes();
        let at = at.index(token.len());
        let unchanged = token[at].eq_ignore_ascii_case(&byte);
        token[at] = byte;
        let mut buffer = vec![0; buffer_len(token.len())];
        prop_assert_eq!(decode(&ring, &token, &mut buffer).is_ok(), unchanged);
    }

    #[test]
    fn random_bytes_are_refused_without_panic(token in prop::collection::vec(any::<u8>(), 0..300), hex in "[0-9a-fA-F]{0,300}") {
        let (_, ring) = ring();
        let mut buffer = [0; 300];
        prop_assert!(decode(&ring, &token, &mut buffer).is_err());
        prop_assert!(decode(&ring, hex.as_bytes(), &mut buffer).is_err());
    }

    #[test]
    fn patterns_match_what_the_reference_matches(pattern in r"/[ab*\\/]{0,8}", path in r"/[ab*\\/]{0,10}") {
        if let Ok(parsed) = PathPattern::parse(pattern.as_bytes()) {
            prop_assert_eq!(parsed.matches(path.as_bytes()), reference_match(pattern.as_bytes(), path.as_bytes()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_sealed_token_opens_with_its_own_binding_only(path in path(), made in values(), asked in values(), random in any::<Option<[u8; 12]>>()) {
        let token = sealed(&made, &path, random);
        prop_assert_eq!(opened(&made, token.as_bytes()), Some(path));
        prop_assert_eq!(opened(&asked, token.as_bytes()).is_some(), made == asked);
    }

    #[test]
    fn a_changed_character_never_makes_another_sealed_token(path in path(), made in values(), random in any::<Option<[u8; 12]>>(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut token = sealed(&made, &path, random).into_bytes();
        let at = at.index(token.len());
        let unchanged = token[at] == byte;
        token[at] = byte;
        prop_assert_eq!(opened(&made, &token).is_some(), unchanged);
        // Not even one fewer or one more.
        token[at] = b'A';
        token.remove(at);
        prop_assert_eq!(opened(&made, &token), None);
    }

    #[test]
    fn random_bytes_are_not_a_sealed_token(text in prop::collection::vec(any::<u8>(), 0..200), shaped in r"[0-9a-f]{0,66}(\.[-_A-Za-z0-9=]{0,45}){0,3}") {
        prop_assert_eq!(opened(&[], &text), None);
        prop_assert_eq!(opened(&[], shaped.as_bytes()), None);
    }
}
