//! Tokens of a given length and kind, the same in every run.

use aes::Aes128;
use aes::cipher::{BlockEncryptMut, KeyIvInit, block_padding::Pkcs7};
use pta_token::{KeyPair, KeyRing};

/// Lengths of tokens, in characters.
pub const LENGTHS: [usize; 5] = [32, 96, 512, 4096, 16384];

/// The second in which all tokens expire.
pub const EXPIRES: i64 = 4_102_444_800;

/// The prefix of all paths.
pub const REQUEST_PREFIX: &[u8] = b"/v";

/// CRC and expiry before the path.
const FIXED_LEN: usize = 12;

/// A key and its IV.
pub type Pair = ([u8; 16], [u8; 16]);

const FIRST: Pair = (*b"\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff", [0xa5; 16]);
const SECOND: Pair = (*b"\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef", [0x5a; 16]);

/// Both pairs of the ring.
#[must_use]
pub fn pairs() -> [Pair; 2] {
    [FIRST, SECOND]
}

/// The ring that all tokens are checked with.
#[must_use]
pub fn ring() -> KeyRing {
    let parsed = |(key, iv): Pair| {
        KeyPair::from_hex(const_hex::encode(key).as_bytes(), const_hex::encode(iv).as_bytes()).unwrap()
    };
    KeyRing::new(Some(parsed(FIRST)), Some(parsed(SECOND))).unwrap()
}

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Of the 1st pair, for one path.
    Exact,
    /// Of the 1st pair, with a wildcard at the end of its path.
    Wildcard,
    /// Of the 2nd pair, for one path.
    SecondPair,
    /// Its last character is not a hexadecimal digit.
    Malformed,
    /// Of the 1st pair, with valid padding and a wrong CRC.
    WrongCrc,
}

impl Kind {
    /// All kinds, the main one first.
    pub const ALL: [Self; 5] =
        [Self::Wildcard, Self::Exact, Self::SecondPair, Self::Malformed, Self::WrongCrc];

    /// The name for tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact path",
            Self::Wildcard => "wildcard",
            Self::SecondPair => "2nd pair",
            Self::Malformed => "malformed",
            Self::WrongCrc => "wrong CRC",
        }
    }
}

/// A token and what was encrypted.
#[derive(Clone, Debug)]
pub struct Token {
    /// The characters.
    pub text: String,
    /// The encrypted bytes.
    pub cipher_text: Vec<u8>,
    /// The path of a request that it allows.
    pub path: Vec<u8>,
}

impl Token {
    /// A token of `characters` characters, which must be a multiple of 32. It has one byte of
    /// padding.
    #[must_use]
    pub fn new(characters: usize, kind: Kind) -> Self {
        let mut path = REQUEST_PREFIX.to_vec();
        path.resize(characters / 2 - 1 - FIXED_LEN, b'x');
        let mut pattern = path.clone();
        if kind == Kind::Wildcard {
            *pattern.last_mut().unwrap() = b'*';
        }
        let covered = [&EXPIRES.to_be_bytes(), pattern.as_slice()].concat();
        let mut crc32 = crc32fast::hash(&covered);
        if kind == Kind::WrongCrc {
            crc32 ^= 1;
        }
        let (key, iv) = if kind == Kind::SecondPair { SECOND } else { FIRST };
        let plain = [&crc32.to_be_bytes(), covered.as_slice()].concat();
        let cipher_text =
            cbc::Encryptor::<Aes128>::new(&key.into(), &iv.into()).encrypt_padded_vec_mut::<Pkcs7>(&plain);
        let mut text = const_hex::encode(&cipher_text);
        assert_eq!(text.len(), characters);
        if kind == Kind::Malformed {
            text.replace_range(characters - 1.., "g");
        }
        Self { text, cipher_text, path }
    }
}
