//! Sealed tokens: the vectors in vectors/seal/, and what they cannot express.
//!
//! Each file is named after its verdict and the rule that it tests. `bind` are the values in
//! hexadecimal digits, because they may be any bytes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a failed test panics

use std::fs;
use std::path::Path;

use pta_token::{
    Attempt, Binding, BindingError, Claims, KeyMaterial, Nonce, PairId, Refusal, SealSecret, SealedToken,
    Sealing, Secret, SecretPair, buffer_len, decode, decode_or_else, encode_sealed,
};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    rule: String,
    first: Option<Pair>,
    second: Option<Pair>,
    require_seal: bool,
    bind: Vec<String>,
    token: String,
    expect: String,
    expires: Option<i64>,
    path: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    key: String,
    iv: String,
    seal_key: Option<String>,
}

impl Pair {
    fn secrets(&self) -> SecretPair {
        let secret = |text: &str| Secret::from_hex(text.as_bytes()).unwrap();
        let seal = self.seal_key.as_ref().map(|text| SealSecret::from_hex(text.as_bytes()).unwrap());
        SecretPair { key: secret(&self.key), iv: secret(&self.iv), seal }
    }
}

impl Vector {
    fn material(&self) -> KeyMaterial {
        KeyMaterial {
            first: self.first.as_ref().map(Pair::secrets),
            second: self.second.as_ref().map(Pair::secrets),
            require_seal: self.require_seal,
        }
    }

    fn bind(&self) -> Vec<Vec<u8>> {
        self.bind.iter().map(|value| const_hex::decode(value).unwrap()).collect()
    }
}

/// All vectors, with the names of their files.
fn vectors() -> Vec<(String, Vector)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/seal");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let vector: Vector = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            assert!(name.starts_with(&format!("{}-", vector.expect)), "{name}");
            assert!(!vector.rule.is_empty(), "{name}");
            (name, vector)
        })
        .collect()
}

/// Checks a token as the module does: seals are looked for only if it is not hexadecimal.
fn check<'b>(
    material: &KeyMaterial,
    bind: &[Vec<u8>],
    token: &[u8],
    buffer: &'b mut [u8],
) -> Result<Claims<'b>, Refusal> {
    let ring = material.ring().unwrap();
    decode_or_else(&ring, token, buffer, |buffer| {
        let sealed = SealedToken::parse(token)?;
        let values: Vec<&[u8]> = bind.iter().map(Vec::as_slice).collect();
        let binding = Binding::new(&values).map_err(|_| Refusal::Undecryptable)?;
        sealed.open(&ring, binding, buffer)
    })
}

#[test]
fn every_vector_has_its_verdict() {
    let mut counts = [0; 3];
    for (name, vector) in vectors() {
        let mut buffer = vec![0xa5; buffer_len(vector.token.len())];
        let found = check(&vector.material(), &vector.bind(), vector.token.as_bytes(), &mut buffer);
        let kind = match found {
            Ok(claims) => {
                assert_eq!(vector.expect, "opened", "{name}");
                assert_eq!(Some(claims.expires), vector.expires, "{name}");
                assert_eq!(Some(claims.path.as_bytes()), vector.path.as_deref().map(str::as_bytes), "{name}");
                0
            }
            Err(refusal) => {
                assert_eq!(refusal.word(), vector.expect, "{name}");
                if refusal == Refusal::Malformed { 1 } else { 2 }
            }
        };
        counts[kind] += 1;
    }
    // So that files that are not found do not pass.
    assert!(counts.into_iter().all(|count| count > 15), "{counts:?}");
}

#[test]
fn every_opened_vector_is_made_again() {
    for (name, vector) in vectors() {
        let Ok(parts) = SealedToken::parse(vector.token.as_bytes()) else { continue };
        let bytes = parts.nonce().map(const_hex::encode);
        let made_here = bytes.is_none() || parts.nonce() == Some(b"AAECAwQFBgcICQoL");
        // The digits are always made in lower case.
        let is_lower = parts.token().to_ascii_lowercase() == parts.token();
        if vector.expect != "opened" || !made_here || !is_lower {
            continue;
        }
        let mut buffer = vec![0; buffer_len(vector.token.len())];
        let pair =
            check(&vector.material(), &vector.bind(), vector.token.as_bytes(), &mut buffer).unwrap().pair;
        let pair = vector.material().pair(pair).unwrap().expand();
        let nonce = bytes.map(|_| Nonce::new(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]));
        let bind = vector.bind();
        let values: Vec<&[u8]> = bind.iter().map(Vec::as_slice).collect();
        let sealing = Sealing {
            key: pair.seal_key().unwrap(),
            nonce: nonce.as_ref(),
            binding: Binding::new(&values).unwrap(),
        };
        let path = vector.path.unwrap();
        let made = encode_sealed(&pair, vector.expires.unwrap(), path.as_bytes(), sealing).unwrap();
        assert_eq!(made, vector.token, "{name}");
    }
}

/// Two pairs, `digit` repeated. Those in `seals` have a seal key.
fn material(seals: [bool; 2], require_seal: bool) -> KeyMaterial {
    let pair = |digit: &str, seal: bool| {
        let secret = || Secret::from_hex(digit.repeat(32).as_bytes()).unwrap();
        let seal = seal.then(|| SealSecret::from_hex(digit.repeat(64).as_bytes()).unwrap());
        Some(SecretPair { key: secret(), iv: secret(), seal })
    };
    KeyMaterial { first: pair("1", seals[0]), second: pair("2", seals[1]), require_seal }
}

/// A token of one pair for `/a`, sealed by the seal key of another.
fn token(pair: PairId, sealed_by: PairId, binding: Binding<'_>) -> String {
    let material = material([true, true], false);
    let expand = |id| material.pair(id).unwrap().expand();
    let sealer = expand(sealed_by);
    let sealing = Sealing { key: sealer.seal_key().unwrap(), nonce: None, binding };
    encode_sealed(&expand(pair), 9, b"/a", sealing).unwrap()
}

/// The result of each pair, and the verdict.
fn attempts(material: &KeyMaterial, token: &str) -> (Vec<(PairId, Attempt)>, Result<PairId, Refusal>) {
    let mut attempts = Vec::new();
    let mut buffer = vec![0; buffer_len(token.len())];
    let sealed = SealedToken::parse(token.as_bytes()).unwrap();
    let watch = |pair, attempt| attempts.push((pair, attempt));
    let opened = sealed.open_watched(&material.ring().unwrap(), Binding::NONE, &mut buffer, watch);
    let verdict = opened.map(|claims| claims.pair);
    (attempts, verdict)
}

#[test]
fn each_pair_checks_its_own_seal_then_decrypts() {
    use Attempt::{Opened, WrongSeal};
    use PairId::{First, Second};
    let undecryptable = Err(Refusal::Undecryptable);
    for (seals, pair, sealed_by, expected, verdict) in [
        ([true, true], First, First, vec![(First, Opened)], Ok(First)),
        ([true, true], Second, Second, vec![(First, WrongSeal), (Second, Opened)], Ok(Second)),
        ([false, true], Second, Second, vec![(Second, Opened)], Ok(Second)),
        ([false, true], First, First, vec![(Second, WrongSeal)], undecryptable),
        ([true, false], Second, Second, vec![(First, WrongSeal)], undecryptable),
        ([false, false], First, First, vec![], undecryptable),
    ] {
        let token = token(pair, sealed_by, Binding::NONE);
        for require in [false, true] {
            let found = attempts(&material(seals, require), &token);
            assert_eq!(found, (expected.clone(), verdict), "{seals:?} {pair} {sealed_by}");
        }
    }
    // The seal is right for the 1st pair, but the token is not one of it.
    let (found, verdict) = attempts(&material([true, true], true), &token(Second, First, Binding::NONE));
    assert_eq!(verdict, Err(Refusal::Undecryptable));
    assert!(matches!(found[0], (First, Attempt::WrongPadding | Attempt::WrongCrc)), "{found:?}");
    assert_eq!(found[1], (Second, WrongSeal));
}

#[test]
fn an_expired_token_with_a_wrong_seal_is_not_said_to_have_expired() {
    let genuine = token(PairId::First, PairId::First, Binding::NONE);
    let forged = token(PairId::First, PairId::Second, Binding::NONE);
    let check = |token: &str| {
        let mut buffer = vec![0; buffer_len(token.len())];
        check(&material([true, true], true), &[], token.as_bytes(), &mut buffer)
            .map(|claims| claims.has_expired(10))
    };
    assert_eq!((check(&genuine), check(&forged)), (Ok(true), Err(Refusal::Undecryptable)));
}

#[test]
fn a_ring_that_requires_a_seal_opens_nothing_without() {
    let unsealed = token(PairId::First, PairId::First, Binding::NONE);
    let unsealed = unsealed.split('.').next().unwrap();
    for (require, expected) in [(false, Ok(PairId::First)), (true, Err(Refusal::Malformed))] {
        let ring = material([true, false], require).ring().unwrap();
        assert_eq!(ring.requires_seal(), require);
        assert!(ring.first().is_some() && ring.has_seal_key());
        assert_eq!(ring.pairs().map(|(id, _)| id).collect::<Vec<_>>(), PairId::ALL);
        let mut buffer = vec![0; unsealed.len()];
        let found = decode(&ring, unsealed.as_bytes(), &mut buffer);
        assert_eq!(found.map(|claims| claims.pair), expected);
        // Another length, and other keys.
        for other in ["00", &"00".repeat(16)] {
            let refusal = if require { Refusal::Malformed } else { Refusal::Undecryptable };
            assert_eq!(decode(&ring, other.as_bytes(), &mut buffer), Err(refusal));
        }
    }
    assert!(!material([false, false], false).ring().unwrap().has_seal_key());
    assert!(material([false, true], false).ring().unwrap().has_seal_key());
}

#[test]
fn without_otherwise_a_sealed_token_is_malformed() {
    let token = token(PairId::First, PairId::First, Binding::NONE);
    let ring = material([true, true], false).ring().unwrap();
    assert_eq!(decode(&ring, token.as_bytes(), &mut vec![0; token.len()]), Err(Refusal::Malformed));
    assert!(SealedToken::is_sealed(token.as_bytes()) && !SealedToken::is_sealed(b"00"));
}

/// All vectors that are opened, with and without seal and nonce.
#[test]
fn one_look_tells_whether_an_opened_token_is_sealed() {
    for (name, vector) in vectors().into_iter().filter(|(_, vector)| vector.expect == "opened") {
        let token = vector.token.as_bytes();
        assert_eq!(SealedToken::opened_is_sealed(token), token.contains(&b'.'), "{name}");
    }
    for short in ["", "00", ".", &"0".repeat(22), &"0".repeat(32)] {
        assert!(!SealedToken::opened_is_sealed(short.as_bytes()), "{short}");
    }
}

#[test]
fn a_short_buffer_is_an_error_not_a_panic() {
    let token = token(PairId::First, PairId::First, Binding::NONE);
    let ring = material([true, true], true).ring().unwrap();
    let sealed = SealedToken::parse(token.as_bytes()).unwrap();
    for len in 0..=buffer_len(token.len()) {
        let opened = sealed.open(&ring, Binding::NONE, &mut vec![0; len]).map(|claims| claims.pair);
        // The digits are 32, and the buffer needs as many bytes.
        assert_eq!(opened, if len < 32 { Err(Refusal::Undecryptable) } else { Ok(PairId::First) }, "{len}");
    }
}

#[test]
fn an_empty_value_cannot_be_sealed() {
    assert_eq!(Binding::new(&[b"a", b""]).unwrap_err(), BindingError::Empty);
}

#[test]
fn a_seal_key_contains_a_key_at_any_place() {
    let seal =
        SealSecret::from_hex(b"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f").unwrap();
    for start in 0..=16_u8 {
        let mut bytes: Vec<u8> = (start..start + 16).collect();
        assert!(seal.contains(&Secret::from_hex(const_hex::encode(&bytes).as_bytes()).unwrap()), "{start}");
        bytes[15] ^= 0x80;
        assert!(!seal.contains(&Secret::from_hex(const_hex::encode(&bytes).as_bytes()).unwrap()), "{start}");
    }
}

#[test]
fn parts_are_given_back_and_not_printed() {
    let text = format!("{}.abc.{}", "00".repeat(16), "AAECAwQFBgcICQoLDA0ODw");
    let parts = SealedToken::parse(text.as_bytes()).unwrap();
    assert_eq!(parts.token(), "00".repeat(16).as_bytes());
    assert_eq!(parts.nonce(), Some(&b"abc"[..]));
    assert_eq!(parts.seal(), &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    assert_eq!(format!("{parts:?}"), "SealedToken(..)");
}
