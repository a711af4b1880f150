//! The rules of the format that decide whether a token is valid, one test for each rule.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a failed test panics

use aes::cipher::{BlockEncryptMut, KeyIvInit, block_padding::NoPadding};
use pta_token::{KeyPair, KeyRing, PairId, PlainRequest, Refusal, buffer_len, decode, encode};

const KEY: [u8; 16] = *b"0123456789abcdef";
const IV: [u8; 16] = *b"fedcba9876543210";
const OTHER: [u8; 16] = *b"another 16 bytes";

fn pair(key: &[u8; 16], iv: &[u8; 16]) -> KeyPair {
    KeyPair::from_hex(const_hex::encode(key).as_bytes(), const_hex::encode(iv).as_bytes()).unwrap()
}

fn ring() -> KeyRing {
    KeyRing::new(Some(pair(&KEY, &IV)), None).unwrap()
}

/// A token of exactly these plain bytes, which include the padding.
fn sealed(plain: &[u8]) -> String {
    let encryptor = cbc::Encryptor::<aes::Aes128>::new(&KEY.into(), &IV.into());
    const_hex::encode(encryptor.encrypt_padded_vec_mut::<NoPadding>(plain))
}

/// `crc32 || expires || path`, without padding.
fn plain(expires: i64, path: &[u8]) -> Vec<u8> {
    let covered = [&expires.to_be_bytes()[..], path].concat();
    [&crc32fast::hash(&covered).to_be_bytes()[..], &covered].concat()
}

fn padded(mut plain: Vec<u8>, padding: &[u8]) -> Vec<u8> {
    plain.extend_from_slice(padding);
    assert_eq!(plain.len() % 16, 0);
    plain
}

fn error(ring: &KeyRing, token: &str) -> Refusal {
    let mut buffer = vec![0xaa; token.len()];
    decode(ring, token.as_bytes(), &mut buffer).unwrap_err()
}

#[test]
fn malformed_is_empty_odd_or_not_hex() {
    let valid = encode(&pair(&KEY, &IV), 1, b"/a").unwrap();
    for token in ["", "0", "abc", "zz", "0x", "  ", &valid[1..], &valid.replacen('0', "g", 1)] {
        assert_eq!(error(&ring(), token), Refusal::Malformed, "{token:?}");
    }
    assert_eq!(error(&ring(), &format!("0x{}", &valid[2..])), Refusal::Malformed);
    assert_eq!(error(&ring(), &format!("0x{valid}")), Refusal::Malformed);
    // The characters are checked before the length.
    assert_eq!(error(&ring(), "abcdefgh"), Refusal::Malformed);
}

#[test]
fn a_length_that_is_not_a_multiple_of_the_block_is_undecryptable() {
    for len in [1, 2, 15, 17, 31] {
        assert_eq!(error(&ring(), &"ab".repeat(len)), Refusal::Undecryptable, "{len}");
    }
}

#[test]
fn every_padding_byte_counts() {
    let path = b"/ab"; // 15 bytes of plain text and one of padding
    assert!(decode(&ring(), sealed(&padded(plain(9, path), &[1])).as_bytes(), &mut [0; 32]).is_ok());
    let path = b"/abcdefghijklmnop"; // 29 bytes and three
    let mut buffer = [0; 64];
    assert!(decode(&ring(), sealed(&padded(plain(9, path), &[3, 3, 3])).as_bytes(), &mut buffer).is_ok());
    for padding in [[2, 3, 3], [3, 2, 3], [0, 0, 0], [17, 17, 17], [1, 2, 4], [3, 3, 255]] {
        let token = sealed(&padded(plain(9, path), &padding));
        assert_eq!(error(&ring(), &token), Refusal::Undecryptable, "{padding:?}");
    }
    // A whole block of padding after a path, then nothing but padding.
    let token = sealed(&padded(plain(9, b"/abc"), &[16; 16]));
    assert!(decode(&ring(), token.as_bytes(), &mut buffer).is_ok());
    assert_eq!(error(&ring(), &sealed(&[16; 16])), Refusal::Undecryptable);
}

#[test]
fn too_few_plain_bytes_are_undecryptable() {
    for len in 1..16_usize {
        let padding = u8::try_from(16 - len).unwrap();
        let block = [vec![0; len], vec![padding; 16 - len]].concat();
        assert_eq!(error(&ring(), &sealed(&block)), Refusal::Undecryptable, "{len}");
    }
    // The CRC is valid, but the path is empty.
    assert_eq!(error(&ring(), &sealed(&padded(plain(9, b""), &[4; 4]))), Refusal::Undecryptable);
}

#[test]
fn a_wrong_crc_is_undecryptable() {
    let mut bytes = plain(9, b"/ab");
    bytes[0] ^= 1;
    assert_eq!(error(&ring(), &sealed(&padded(bytes, &[1]))), Refusal::Undecryptable);
}

#[test]
fn a_path_that_is_not_a_pattern_is_undecryptable() {
    for path in [&b"a/b"[..], b"*", b"/*/*", b"\0/a"] {
        let mut bytes = plain(9, path);
        let padding = 16 - bytes.len() % 16;
        bytes.extend(std::iter::repeat_n(u8::try_from(padding).unwrap(), padding));
        assert_eq!(error(&ring(), &sealed(&bytes)), Refusal::Undecryptable);
        assert!(encode(&pair(&KEY, &IV), 9, path).is_err());
    }
}

#[test]
fn bytes_that_look_like_padding_stay_in_the_path() {
    for byte in 1..=16_u8 {
        for len in 1..40 {
            let path = [&b"/"[..], &vec![byte; len], b"x"].concat();
            let token = encode(&pair(&KEY, &IV), 9, &path).unwrap();
            let mut buffer = vec![0; buffer_len(token.len())];
            assert_eq!(decode(&ring(), token.as_bytes(), &mut buffer).unwrap().path.as_bytes(), path);
        }
    }
}

#[test]
fn the_1st_pair_is_tried_before_the_2nd_and_either_may_be_alone() {
    let first = pair(&KEY, &IV);
    let second = pair(&OTHER, &OTHER);
    let by_first = encode(&first, 9, b"/a").unwrap();
    let by_second = encode(&second, 9, b"/a").unwrap();
    let opened_by = |ring: &KeyRing, token: &str| {
        decode(ring, token.as_bytes(), &mut vec![0; token.len()]).map(|claims| claims.pair)
    };
    let both = KeyRing::new(Some(first.clone()), Some(second.clone())).unwrap();
    assert_eq!(opened_by(&both, &by_first), Ok(PairId::First));
    assert_eq!(opened_by(&both, &by_second), Ok(PairId::Second));
    let only_second = KeyRing::new(None, Some(second)).unwrap();
    assert_eq!(opened_by(&only_second, &by_second), Ok(PairId::Second));
    assert_eq!(opened_by(&only_second, &by_first), Err(Refusal::Undecryptable));
    // The 1st key with the 2nd IV is not a pair.
    let crossed = encode(&pair(&KEY, &OTHER), 9, b"/a").unwrap();
    assert_eq!(opened_by(&both, &crossed), Err(Refusal::Undecryptable));
}

#[test]
fn a_short_buffer_is_an_error_not_a_panic() {
    let token = encode(&pair(&KEY, &IV), 9, b"/a").unwrap();
    assert_eq!(decode(&ring(), token.as_bytes(), &mut [0; 31]), Err(Refusal::Undecryptable));
}

#[test]
fn expiry_is_inclusive_signed_and_checked_before_the_path() {
    let verdict = |expires: i64, now: i64, path: &[u8]| {
        let token = encode(&pair(&KEY, &IV), expires, b"/a").unwrap();
        let mut buffer = [0; 32];
        let decoded = decode(&ring(), token.as_bytes(), &mut buffer);
        let claims = decoded.and_then(|claims| claims.judge(&mut PlainRequest { now, path }))?;
        assert_eq!(claims.expires, expires);
        Ok(())
    };
    assert_eq!(verdict(1000, 999, b"/a"), Ok(()));
    assert_eq!(verdict(1000, 1000, b"/a"), Ok(()));
    assert_eq!(verdict(1000, 1001, b"/a"), Err(Refusal::Expired));
    assert_eq!(verdict(1000, 1001, b"/b"), Err(Refusal::Expired));
    assert_eq!(verdict(1000, 1000, b"/b"), Err(Refusal::PathMismatch));
    assert_eq!(verdict(-1, 1000, b"/a"), Err(Refusal::Expired));
    assert_eq!(verdict(i64::MIN, 0, b"/a"), Err(Refusal::Expired));
    assert_eq!(verdict(i64::MAX, i64::MAX, b"/a"), Ok(()));
}

#[test]
fn a_path_may_be_100_000_bytes_long() {
    let path = [&b"/"[..], &vec![b'x'; 100_000]].concat();
    let token = encode(&pair(&KEY, &IV), 9, &path).unwrap();
    let mut buffer = vec![0; buffer_len(token.len())];
    let claims = decode(&ring(), token.as_bytes(), &mut buffer).unwrap();
    assert!(claims.judge(&mut PlainRequest { now: 9, path: &path }).is_ok());
}
