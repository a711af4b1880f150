//! Encodes and decodes the public vectors of the format.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a failed test panics

use pta_token::{KeyPair, KeyRing, PairId, buffer_len, decode, encode};
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    key: String,
    iv: String,
    expires: i64,
    path: String,
    crc32: String,
    token: String,
}

impl Vector {
    fn pair(&self) -> KeyPair {
        KeyPair::from_hex(self.key.as_bytes(), self.iv.as_bytes()).unwrap()
    }
}

fn vectors() -> Vec<Vector> {
    let file: File = serde_json::from_str(include_str!("vectors.json")).unwrap();
    assert_eq!(file.vectors.len(), 6);
    file.vectors
}

#[test]
fn encode_gives_the_published_token() {
    for vector in vectors() {
        let token = encode(&vector.pair(), vector.expires, vector.path.as_bytes()).unwrap();
        assert_eq!(token, vector.token);
    }
}

#[test]
fn decode_gives_the_published_fields_in_either_case_of_hex() {
    for vector in vectors() {
        let ring = KeyRing::new(Some(vector.pair()), None).unwrap();
        for token in [vector.token.clone(), vector.token.to_uppercase()] {
            let mut buffer = vec![0; buffer_len(token.len())];
            let claims = decode(&ring, token.as_bytes(), &mut buffer).unwrap();
            assert_eq!(claims.path.as_bytes(), vector.path.as_bytes());
            assert_eq!(claims.expires, vector.expires);
            assert_eq!(format!("{:08x}", claims.crc32), vector.crc32);
            assert_eq!(claims.pair, PairId::First);
        }
    }
}
