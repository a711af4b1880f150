//! Bytes to token and back: hexadecimal digits, CBC, CRC, fields.

use alloc::string::String;
use alloc::vec::Vec;

use aes::cipher::{Array, BlockModeDecrypt, BlockModeEncrypt, InnerIvInit, block_padding::Pkcs7};

use crate::key::{BLOCK_LEN, KeyPair, KeyRing, PairId};
use crate::pattern::{PathPattern, PatternError};

const CRC_LEN: usize = 4;
const EXPIRES_LEN: usize = 8;

/// What a token says, decrypted and with its CRC found right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claims<'a> {
    /// CRC-32 over expiry and path.
    pub crc32: u32,
    /// The last second in which the token is good, in Unix time.
    pub expires: i64,
    /// The paths that it allows.
    pub path: PathPattern<'a>,
    /// The pair that opened it.
    pub pair: PairId,
}

/// Why bytes are no token of a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// Empty, an odd number of characters, or a character that is not a hexadecimal digit.
    Malformed,
    /// Everything else, in one opaque case: telling more would help to forge.
    Undecryptable,
}

impl core::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Malformed => "token is malformed: it must be an even number of hexadecimal digits",
            Self::Undecryptable => "token cannot be decrypted with these keys",
        })
    }
}

impl core::error::Error for DecodeError {}

/// The size of the buffer, in bytes, that decoding a token of `token_len` characters takes.
#[must_use]
#[inline]
pub fn decoded_len(token_len: usize) -> usize {
    token_len / 2
}

/// What came of one pair's attempt at a token: for an administrator's debug log, never for a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// Padding and CRC are right.
    Opened,
    /// The length is not a multiple of the block's.
    WrongLength,
    /// The padding is not that of PKCS#7.
    WrongPadding,
    /// The CRC does not match, or the plain text is too short to have one.
    WrongCrc,
}

impl core::fmt::Display for Attempt {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Opened => "opened",
            Self::WrongLength => "length is no multiple of 16 bytes",
            Self::WrongPadding => "wrong padding",
            Self::WrongCrc => "crc mismatch",
        })
    }
}

/// Decrypts `token` with the first pair of `ring` that fits, into `buffer`, which must have at least
/// [`decoded_len`] bytes and whose content does not matter.
///
/// # Errors
///
/// [`DecodeError::Malformed`] for characters that cannot be a token, [`DecodeError::Undecryptable`] for all
/// else (a buffer that is too small included).
#[inline]
pub fn decode<'b>(ring: &KeyRing, token: &[u8], buffer: &'b mut [u8]) -> Result<Claims<'b>, DecodeError> {
    decode_watched(ring, token, buffer, |_, _| {})
}

/// [`decode`], telling `watch` what came of each pair.
///
/// # Errors
///
/// As for [`decode`].
#[inline]
pub fn decode_watched<'b>(
    ring: &KeyRing,
    token: &[u8],
    buffer: &'b mut [u8],
    mut watch: impl FnMut(PairId, Attempt),
) -> Result<Claims<'b>, DecodeError> {
    let buffer = buffer.get_mut(..decoded_len(token.len())).ok_or(DecodeError::Undecryptable)?;
    for (id, pair) in ring.pairs() {
        // Decryption is in place, so each pair starts again from the characters.
        from_hex(token, buffer)?;
        match decrypt(pair, &ring.crc32, buffer) {
            Ok(plain_len) => {
                watch(id, Attempt::Opened);
                return claims(id, buffer.get(..plain_len).unwrap_or_default());
            }
            Err(attempt) => watch(id, attempt),
        }
    }
    Err(DecodeError::Undecryptable)
}

#[inline]
fn claims(pair: PairId, plain: &[u8]) -> Result<Claims<'_>, DecodeError> {
    let (crc32, rest) = plain.split_first_chunk().ok_or(DecodeError::Undecryptable)?;
    let (expires, path) = rest.split_first_chunk().ok_or(DecodeError::Undecryptable)?;
    let path = PathPattern::parse(path).map_err(|_| DecodeError::Undecryptable)?;
    Ok(Claims { crc32: u32::from_be_bytes(*crc32), expires: i64::from_be_bytes(*expires), path, pair })
}

/// Makes the token that allows `path` up to and including the second `expires`.
///
/// # Errors
///
/// A [`PatternError`] for a path that every check would refuse.
pub fn encode(pair: &KeyPair, expires: i64, path: &[u8]) -> Result<String, PatternError> {
    PathPattern::parse(path)?;
    let mut plain = Vec::with_capacity(path.len().saturating_add(CRC_LEN + EXPIRES_LEN));
    plain.extend_from_slice(&[0; CRC_LEN]);
    plain.extend_from_slice(&expires.to_be_bytes());
    plain.extend_from_slice(path);
    if let Some((crc32, covered)) = plain.split_first_chunk_mut() {
        *crc32 = crc32fast::hash(covered).to_be_bytes();
    }
    let encryptor = cbc::Encryptor::inner_iv_init(&pair.cipher, (&*pair.iv).into());
    Ok(const_hex::encode(encryptor.encrypt_padded_vec::<Pkcs7>(&plain)))
}

#[inline]
fn from_hex(token: &[u8], bytes: &mut [u8]) -> Result<(), DecodeError> {
    // The decoder would skip a "0x" prefix; here it is just no hexadecimal digit.
    if token.is_empty() || token.starts_with(b"0x") {
        return Err(DecodeError::Malformed);
    }
    const_hex::decode_to_slice(token, bytes).map_err(|_| DecodeError::Malformed)
}

/// Decrypts in place; the length of the plain text, if padding and CRC are right.
///
/// A padding oracle would let anybody make tokens, because the CRC needs no key: how long this takes must not tell
/// wrong padding from a wrong CRC. So the CRC is computed whatever the padding, with one byte taken for it if it is
/// wrong, and both are looked at in the end.
#[inline]
fn decrypt(pair: &KeyPair, crc32: &crc32fast::Hasher, bytes: &mut [u8]) -> Result<usize, Attempt> {
    let (blocks, rest) = Array::slice_as_chunks_mut(bytes);
    if !rest.is_empty() {
        return Err(Attempt::WrongLength);
    }
    cbc::Decryptor::inner_iv_init(&pair.cipher, (&*pair.iv).into()).decrypt_blocks(blocks);
    let padding = blocks.last().and_then(|last| padding_len((*last).into()));
    let plain_len = bytes.len().saturating_sub(padding.unwrap_or(1));
    let (found, covered) =
        bytes.get(..plain_len).and_then(|plain| plain.split_first_chunk()).ok_or(Attempt::WrongCrc)?;
    let mut hasher = crc32.clone();
    hasher.update(covered);
    let crc_is_right = hasher.finalize() == u32::from_be_bytes(*found);
    match (padding, crc_is_right) {
        (Some(_), true) => Ok(plain_len),
        (Some(_), false) => Err(Attempt::WrongCrc),
        (None, _) => Err(Attempt::WrongPadding),
    }
}

/// The length of the PKCS#7 padding at the end of the last block, 1 to 16 bytes of that very value; looked at as one
/// number, without a branch that depends on how far it is right.
#[inline]
fn padding_len(last: [u8; BLOCK_LEN]) -> Option<usize> {
    const EACH_BYTE_1: u128 = u128::MAX / 0xff;
    let len = last[BLOCK_LEN - 1];
    let bits_before = 128_u32.wrapping_sub(u32::from(len).wrapping_mul(8));
    let padding = u128::MAX.checked_shr(bits_before)?;
    let wrong = (u128::from_be_bytes(last) ^ EACH_BYTE_1.wrapping_mul(len.into())) & padding;
    (wrong == 0).then_some(len.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_1_to_16_bytes_of_its_own_length() {
        for len in 0..=255_u8 {
            let mut block = [0xee; BLOCK_LEN];
            let padding = usize::from(len).min(BLOCK_LEN);
            block[BLOCK_LEN - padding..].fill(len);
            block[BLOCK_LEN - 1] = len;
            let right = (1..=16).contains(&len);
            assert_eq!(padding_len(block), right.then_some(len.into()), "{len}");
            for at in BLOCK_LEN - padding..BLOCK_LEN - 1 {
                let mut other = block;
                other[at] ^= 0x10;
                assert_eq!(padding_len(other), None, "{len}, {at}");
            }
        }
    }
}
