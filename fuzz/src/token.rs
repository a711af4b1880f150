//! Encodes and decodes tokens, block by block and bit by bit.

use aes::Aes128;
use aes::cipher::{BlockDecrypt, BlockEncrypt, KeyInit};
use pta_token::{Attempt, PairId};

use crate::{hex, pattern};

const BLOCK_LEN: usize = 16;

/// A key and its IV.
#[derive(Clone, Copy)]
pub struct Pair {
    pub key: [u8; BLOCK_LEN],
    pub iv: [u8; BLOCK_LEN],
}

/// The result of decoding a token.
#[derive(Debug, PartialEq, Eq)]
pub enum Decoded {
    Malformed,
    Undecryptable,
    Opened { pair: PairId, crc32: u32, expires: i64, path: Vec<u8> },
}

/// Decodes `token` with the first of `pairs` that opens it. Returns the attempts, too.
pub fn decode(pairs: &[(PairId, Pair)], token: &[u8]) -> (Decoded, Vec<(PairId, Attempt)>) {
    let mut attempts = Vec::new();
    let Some(bytes) = hex::decode(token).filter(|bytes| !bytes.is_empty()) else {
        return (Decoded::Malformed, attempts);
    };
    for &(id, pair) in pairs {
        match open(pair, &bytes) {
            Err(attempt) => attempts.push((id, attempt)),
            Ok(plain) => {
                attempts.push((id, Attempt::Opened));
                return (fields(id, &plain).unwrap_or(Decoded::Undecryptable), attempts);
            }
        }
    }
    (Decoded::Undecryptable, attempts)
}

/// A token that allows `path` until `expires`. None if `path` is not a valid pattern.
pub fn encode(pair: Pair, expires: i64, path: &[u8]) -> Option<String> {
    pattern::parse(path)?;
    let rest = [&expires.to_be_bytes()[..], path].concat();
    let plain = [&crc32(&rest).to_be_bytes()[..], &rest].concat();
    Some(hex::encode(&encrypt(pair, &padded(&plain))))
}

/// `plain` with PKCS#7 padding.
pub fn padded(plain: &[u8]) -> Vec<u8> {
    let missing = BLOCK_LEN - plain.len() % BLOCK_LEN;
    let padding = u8::try_from(missing).expect("at most a block");
    [plain, &vec![padding; missing]].concat()
}

/// Encrypts by CBC without padding. Bytes that do not fill a block are left out.
pub fn encrypt(pair: Pair, plain: &[u8]) -> Vec<u8> {
    let cipher = Aes128::new(&pair.key.into());
    let mut before = pair.iv;
    let mut bytes = Vec::new();
    for block in plain.chunks_exact(BLOCK_LEN) {
        let mixed: [u8; BLOCK_LEN] = std::array::from_fn(|at| block[at] ^ before[at]);
        let mut block = mixed.into();
        cipher.encrypt_block(&mut block);
        before = block.into();
        bytes.extend_from_slice(&before);
    }
    bytes
}

/// The CRC-32 of zlib, bit by bit.
pub fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for &byte in bytes {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

/// The plain text without its padding, if padding and CRC are valid.
fn open(pair: Pair, bytes: &[u8]) -> Result<Vec<u8>, Attempt> {
    if bytes.len() % BLOCK_LEN != 0 {
        return Err(Attempt::WrongLength);
    }
    let cipher = Aes128::new(&pair.key.into());
    let mut before = pair.iv;
    let mut plain = Vec::new();
    for chunk in bytes.chunks(BLOCK_LEN) {
        let chunk: [u8; BLOCK_LEN] = chunk.try_into().expect("a whole block");
        let mut block = chunk.into();
        cipher.decrypt_block(&mut block);
        plain.extend((0..BLOCK_LEN).map(|at| block[at] ^ before[at]));
        before = chunk;
    }
    let padding = *plain.last().ok_or(Attempt::WrongPadding)?;
    let len = usize::from(padding);
    let is_padding = |len: usize| plain[plain.len() - len..].iter().all(|&byte| byte == padding);
    if !(1..=BLOCK_LEN).contains(&len) || !is_padding(len) {
        return Err(Attempt::WrongPadding);
    }
    plain.truncate(plain.len() - len);
    // A text that is too short for CRC, expiry and a slash is reported as a wrong CRC.
    if plain.len() < 13 || crc32(&plain[4..]).to_be_bytes() != plain[..4] {
        return Err(Attempt::WrongCrc);
    }
    Ok(plain)
}

fn fields(pair: PairId, plain: &[u8]) -> Option<Decoded> {
    let crc32 = u32::from_be_bytes(plain.get(..4)?.try_into().ok()?);
    let expires = i64::from_be_bytes(plain.get(4..12)?.try_into().ok()?);
    let path = plain.get(12..)?.to_vec();
    pattern::parse(&path)?;
    Some(Decoded::Opened { pair, crc32, expires, path })
}
