//! Warnings about weak keys. They are not errors, because PTA works with such keys.

use core::fmt;

use pta_token::{PairId, SealSecret, Secret};

/// A weakness of keys that are used together.
pub(crate) enum Weakness {
    KeyIsIv(PairId),
    EqualPairs,
    EqualSeals,
    /// The seal key of this pair contains a key or an IV.
    SealContainsKey(PairId),
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyIsIv(pair) => write!(f, "key and IV of the {pair} pair are equal, use \"pta keygen\""),
            Self::EqualPairs => f.write_str("the 1st and the 2nd pair are equal, one of them is useless"),
            Self::EqualSeals => {
                f.write_str("the seal keys of the 1st and the 2nd pair are equal, use \"pta keygen\"")
            }
            Self::SealContainsKey(pair) => {
                write!(f, "the seal key of the {pair} pair contains a key or an IV, use \"pta keygen\"")
            }
        }
    }
}

/// Keys that people copy from the documentation and tests of this module, the C module and AES.
const PUBLISHED: [&[u8]; 9] = [
    b"0102030405060708090a0b0c0d0e0f00",
    b"0102030405060708090a0b0c0d0e0f10",
    b"000102030405060708090a0b0c0d0e0f",
    b"101112131415161718191a1b1c1d1e1f",
    b"00112233445566778899aabbccddeeff",
    b"ffeeddccbbaa99887766554433221100",
    b"0123456789abcdef0123456789abcdef",
    b"fedcba9876543210fedcba9876543210",
    b"2b7e151628aed2a6abf7158809cf4f3c",
];

/// Whether the key is published, or consists of sixteen equal bytes.
pub(crate) fn is_published(key: &Secret) -> bool {
    published().any(|published| published == *key)
}

/// Whether the seal key contains such a key. Those of the documentation are made of two.
pub(crate) fn is_published_seal(seal: &SealSecret) -> bool {
    published().any(|published| seal.contains(&published))
}

fn published() -> impl Iterator<Item = Secret> {
    let equal_bytes = (0..=u8::MAX).map(|byte| format!("{byte:02x}").repeat(16).into_bytes());
    PUBLISHED
        .into_iter()
        .map(<[u8]>::to_vec)
        .chain(equal_bytes)
        .filter_map(|text| Secret::from_hex(&text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_keys_are_found_in_either_case() {
        let is_published = |text: &[u8]| is_published(&Secret::from_hex(text).unwrap());
        for text in PUBLISHED {
            assert!(is_published(text), "{}", text.escape_ascii());
            assert!(is_published(&text.to_ascii_uppercase()), "{}", text.escape_ascii());
        }
        for digit in b"0123456789abcdefABCDEF" {
            assert!(is_published(&[*digit; 32]));
        }
        assert!(is_published(b"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"));
        assert!(!is_published(b"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5b"));
        assert!(!is_published(b"8c1f0a52d93be7466d0b91a7c2f83e15"));
    }

    #[test]
    fn a_seal_key_with_a_published_part_is_published() {
        let is_published = |text: &str| is_published_seal(&SealSecret::from_hex(text.as_bytes()).unwrap());
        let random = "4d1c2a9be07f5386a1d4c35b7e90f2681f3b5c7d9e0a2b4c6d8e0f1a3b5c7d9e";
        assert!(!is_published(random));
        for published in PUBLISHED.map(|key| String::from_utf8(key.to_vec()).unwrap()) {
            for start in [0, 2, 32] {
                let mut text = random.to_owned();
                text.replace_range(start..start + 32, &published);
                assert!(is_published(&text), "{text}");
            }
        }
        assert!(is_published(&"5a".repeat(32)));
        assert!(!is_published(&format!("{}{}", "5a".repeat(15), &random[30..])));
    }
}
