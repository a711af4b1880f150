//! Bytes to token and back: hexadecimal digits, CBC, CRC, fields.

use alloc::string::String;
use alloc::vec::Vec;

use aes::cipher::{Array, BlockCipherDecrypt, BlockModeEncrypt, InnerIvInit, block_padding::Pkcs7};

use crate::claims::Claims;
use crate::key::{BLOCK_LEN, KeyPair, KeyRing, PairId};
use crate::pattern::{PathPattern, PatternError};
use crate::refusal::Refusal;

const CRC_LEN: usize = 4;
const EXPIRES_LEN: usize = 8;
/// CRC, expiry and the slash that a path begins with.
const SHORTEST: usize = CRC_LEN + EXPIRES_LEN + 1;

/// The size of the buffer, in bytes, that decoding a token of `token_len` characters takes: room for what the
/// characters stand for, encrypted and decrypted.
#[must_use]
#[inline]
pub fn buffer_len(token_len: usize) -> usize {
    token_len & !1
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
/// [`buffer_len`] bytes and whose content does not matter.
///
/// # Errors
///
/// [`Refusal::Malformed`] for characters that cannot be a token, [`Refusal::Undecryptable`] for all
/// else (a buffer that is too small included).
#[inline]
pub fn decode<'b>(ring: &KeyRing, token: &[u8], buffer: &'b mut [u8]) -> Result<Claims<'b>, Refusal> {
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
) -> Result<Claims<'b>, Refusal> {
    let len = token.len() / 2;
    let (encrypted, buffer) = buffer.split_at_mut_checked(len).ok_or(Refusal::Undecryptable)?;
    let plain = buffer.get_mut(..len).ok_or(Refusal::Undecryptable)?;
    from_hex(token, encrypted)?;
    for (id, pair) in ring.pairs() {
        match decrypt(pair, &ring.crc32, encrypted, plain) {
            Ok(plain_len) => {
                watch(id, Attempt::Opened);
                return claims(id, plain.get(..plain_len).unwrap_or_default());
            }
            Err(attempt) => watch(id, attempt),
        }
    }
    Err(Refusal::Undecryptable)
}

#[inline]
fn claims(pair: PairId, plain: &[u8]) -> Result<Claims<'_>, Refusal> {
    let (crc32, rest) = plain.split_first_chunk().ok_or(Refusal::Undecryptable)?;
    let (expires, path) = rest.split_first_chunk().ok_or(Refusal::Undecryptable)?;
    let path = PathPattern::parse(path).map_err(|_| Refusal::Undecryptable)?;
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
fn from_hex(token: &[u8], bytes: &mut [u8]) -> Result<(), Refusal> {
    // A "0x" prefix, which the decoder would skip, leaves a digit too few for the bytes: an error as well.
    if token.is_empty() {
        return Err(Refusal::Malformed);
    }
    const_hex::decode_to_slice(token, bytes).map_err(|_| Refusal::Malformed)
}

/// Decrypts; the length of the plain text, if padding and CRC are right.
///
/// CBC from the block cipher itself: all blocks at once from one buffer to the other, then each combined with the
/// encrypted one before it. The mode's own decryption in place takes four times as long for long tokens.
///
/// A padding oracle would let anybody make tokens, because the CRC needs no key: how long this takes must not tell
/// wrong padding from a wrong CRC. So the CRC is computed whatever the padding, with one byte taken for it if it is
/// wrong, and both are looked at in the end. What is left is the time for the CRC of at most 15 bytes, which right
/// padding takes away from it.
#[inline]
fn decrypt(
    pair: &KeyPair,
    crc32: &crc32fast::Hasher,
    encrypted: &[u8],
    plain: &mut [u8],
) -> Result<usize, Attempt> {
    let (encrypted, rest) = Array::slice_as_chunks(encrypted);
    let (blocks, _) = Array::slice_as_chunks_mut(plain);
    if !rest.is_empty() || pair.cipher.decrypt_blocks_b2b(encrypted, blocks).is_err() {
        return Err(Attempt::WrongLength);
    }
    let mut before = u128::from_ne_bytes(*pair.iv);
    for (block, encrypted) in blocks.iter_mut().zip(encrypted) {
        block.0 = (u128::from_ne_bytes(block.0) ^ before).to_ne_bytes();
        before = u128::from_ne_bytes(encrypted.0);
    }
    let padding = blocks.last().map_or(Padding::NONE, |last| Padding::of(last.0));
    let bytes: &[u8] = plain;
    // Without room for a path, it is no token: as if the padding were wrong, but not told as such.
    let is_long_enough = bytes.len() >= SHORTEST.saturating_add(padding.len);
    let is_right = padding.is_right & is_long_enough;
    let plain_len = bytes.len().saturating_sub(if is_right { padding.len } else { 1 });
    let (found, covered) =
        bytes.get(..plain_len).and_then(|plain| plain.split_first_chunk()).ok_or(Attempt::WrongCrc)?;
    let mut hasher = crc32.clone();
    hasher.update(covered);
    let crc_is_right = hasher.finalize() == u32::from_be_bytes(*found);
    if is_right & crc_is_right {
        Ok(plain_len)
    } else if padding.is_right {
        Err(Attempt::WrongCrc)
    } else {
        Err(Attempt::WrongPadding)
    }
}

/// The PKCS#7 padding at the end of the last block: 1 to 16 bytes of that very value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Padding {
    len: usize,
    is_right: bool,
}

impl Padding {
    const NONE: Self = Self { len: 1, is_right: false };

    /// Looked at as one number, without a branch that depends on how far it is right.
    #[inline]
    fn of(last: [u8; BLOCK_LEN]) -> Self {
        const EACH_BYTE_1: u128 = u128::MAX / 0xff;
        let value = last[BLOCK_LEN - 1];
        let len = value.clamp(1, 16);
        let padding = u128::MAX.wrapping_shr(128_u32.wrapping_sub(u32::from(len).wrapping_mul(8)));
        let wrong = (u128::from_be_bytes(last) ^ EACH_BYTE_1.wrapping_mul(len.into())) & padding;
        Self { len: len.into(), is_right: wrong == 0 }
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn an_attempt_says_what_came_of_it() {
        for (attempt, text) in [
            (Attempt::Opened, "opened"),
            (Attempt::WrongLength, "length is no multiple of 16 bytes"),
            (Attempt::WrongPadding, "wrong padding"),
            (Attempt::WrongCrc, "crc mismatch"),
        ] {
            assert_eq!(attempt.to_string(), text);
        }
    }

    #[test]
    fn a_plain_text_without_room_for_a_path_opens_nothing() {
        let pair = KeyPair::from_hex(&[b'0'; 32], &[b'0'; 32]).unwrap();
        for covered in [&b""[..], b"1234567", b"12345678"] {
            let mut plain = crc32fast::hash(covered).to_be_bytes().to_vec();
            plain.extend_from_slice(covered);
            let encryptor = cbc::Encryptor::inner_iv_init(&pair.cipher, (&*pair.iv).into());
            let token = const_hex::encode(encryptor.encrypt_padded_vec::<Pkcs7>(&plain));
            let ring = KeyRing::new(Some(pair.clone()), None).unwrap();
            let (mut buffer, mut attempts) = (alloc::vec![0; buffer_len(token.len())], Vec::new());
            let decoded =
                decode_watched(&ring, token.as_bytes(), &mut buffer, |_, attempt| attempts.push(attempt));
            assert_eq!((decoded, &*attempts), (Err(Refusal::Undecryptable), &[Attempt::WrongCrc][..]));
        }
    }

    #[test]
    fn padding_is_1_to_16_bytes_of_its_own_length() {
        for len in 0..=255_u8 {
            let mut block = [0xee; BLOCK_LEN];
            let padding = usize::from(len).min(BLOCK_LEN);
            block[BLOCK_LEN - padding..].fill(len);
            block[BLOCK_LEN - 1] = len;
            let right = (1..=16).contains(&len);
            let found = Padding::of(block);
            assert_eq!(found.is_right, right, "{len}");
            assert!(!right || found.len == usize::from(len), "{len}");
            for at in BLOCK_LEN - padding..BLOCK_LEN - 1 {
                let mut other = block;
                other[at] ^= 0x10;
                assert!(!Padding::of(other).is_right, "{len}, {at}");
            }
        }
    }
}
