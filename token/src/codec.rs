//! Encodes and decodes tokens: hexadecimal digits, CBC, CRC, fields.

use alloc::string::String;
use alloc::vec::Vec;

use aes::cipher::inout::InOutBuf;
use aes::cipher::{BlockDecrypt, BlockEncryptMut, InnerIvInit, block_padding::Pkcs7};

use crate::claims::Claims;
use crate::key::{BLOCK_LEN, KeyPair, KeyRing, PairId};
use crate::pattern::{PathPattern, PatternError};
use crate::refusal::Refusal;

const CRC_LEN: usize = 4;
const EXPIRES_LEN: usize = 8;
/// CRC, expiry and the slash that a path begins with.
const SHORTEST: usize = CRC_LEN + EXPIRES_LEN + 1;

/// The size of the buffer, in bytes, for decoding a token of `token_len` characters. It holds the
/// encrypted and the decrypted bytes.
#[must_use]
#[inline]
pub fn buffer_len(token_len: usize) -> usize {
    token_len & !1
}

/// The result of decrypting a token with one pair. It goes to the debug log, never to a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// Padding and CRC are valid.
    Opened,
    /// The length is not a multiple of the block length.
    WrongLength,
    /// The padding is not valid PKCS#7.
    WrongPadding,
    /// The CRC does not match, or the plain text is too short to contain one.
    WrongCrc,
    /// The token is sealed, and the seal is not that of this pair and this binding. A wrong binding
    /// cannot be told from a wrong seal.
    WrongSeal,
}

impl core::fmt::Display for Attempt {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Opened => "opened",
            Self::WrongLength => "length is not a multiple of 16 bytes",
            Self::WrongPadding => "wrong padding",
            Self::WrongCrc => "crc mismatch",
            Self::WrongSeal => "wrong seal or binding",
        })
    }
}

/// Decrypts `token`, which is not sealed, with the first pair of `ring` that opens it.
///
/// `buffer` must have at least [`buffer_len`] bytes. Its content does not matter.
///
/// # Errors
///
/// - [`Refusal::Malformed`] if `token` is not an even number of hexadecimal digits, at least two,
///   or if the ring demands a seal.
/// - [`Refusal::Undecryptable`] otherwise, also if the buffer is too small.
#[inline]
pub fn decode<'b>(ring: &KeyRing, token: &[u8], buffer: &'b mut [u8]) -> Result<Claims<'b>, Refusal> {
    decode_with(ring, token, buffer, |_, _| {}, |_| Err(Refusal::Malformed))
}

/// Like [`decode`], and reports the result of each pair to `watch`.
///
/// # Errors
///
/// Those of [`decode`].
#[inline]
pub fn decode_watched<'b>(
    ring: &KeyRing,
    token: &[u8],
    buffer: &'b mut [u8],
    watch: impl FnMut(PairId, Attempt),
) -> Result<Claims<'b>, Refusal> {
    decode_with(ring, token, buffer, watch, |_| Err(Refusal::Malformed))
}

/// Like [`decode`], and gives a token that does not consist of hexadecimal digits to `otherwise`,
/// with the buffer. So tokens without seal are not searched for a dot.
///
/// # Errors
///
/// Those of [`decode`] and of `otherwise`.
#[inline]
pub fn decode_or_else<'b>(
    ring: &KeyRing,
    token: &[u8],
    buffer: &'b mut [u8],
    otherwise: impl FnOnce(&'b mut [u8]) -> Result<Claims<'b>, Refusal>,
) -> Result<Claims<'b>, Refusal> {
    decode_with(ring, token, buffer, |_, _| {}, otherwise)
}

#[inline]
fn decode_with<'b>(
    ring: &KeyRing,
    token: &[u8],
    buffer: &'b mut [u8],
    mut watch: impl FnMut(PairId, Attempt),
    otherwise: impl FnOnce(&'b mut [u8]) -> Result<Claims<'b>, Refusal>,
) -> Result<Claims<'b>, Refusal> {
    let (encrypted, _) = halves(buffer, token.len() / 2).ok_or(Refusal::Undecryptable)?;
    if from_hex(token, encrypted).is_err() {
        return otherwise(buffer);
    }
    let (encrypted, plain) = halves(buffer, token.len() / 2).ok_or(Refusal::Undecryptable)?;
    for (id, pair) in ring.pairs_without_seal() {
        match decrypt(pair, &ring.crc32, encrypted, plain) {
            Ok(plain_len) => {
                watch(id, Attempt::Opened);
                return claims(id, plain.get(..plain_len).unwrap_or_default());
            }
            Err(attempt) => watch(id, attempt),
        }
    }
    Err(if ring.requires_seal() { Refusal::Malformed } else { Refusal::Undecryptable })
}

/// Room for the encrypted bytes, and for the plain ones.
#[inline]
pub(crate) fn halves(buffer: &mut [u8], len: usize) -> Option<(&mut [u8], &mut [u8])> {
    let (encrypted, rest) = buffer.split_at_mut_checked(len)?;
    Some((encrypted, rest.get_mut(..len)?))
}

#[inline]
pub(crate) fn claims(pair: PairId, plain: &[u8]) -> Result<Claims<'_>, Refusal> {
    let (crc32, rest) = plain.split_first_chunk().ok_or(Refusal::Undecryptable)?;
    let (expires, path) = rest.split_first_chunk().ok_or(Refusal::Undecryptable)?;
    let path = PathPattern::parse(path).map_err(|_| Refusal::Undecryptable)?;
    Ok(Claims { crc32: u32::from_be_bytes(*crc32), expires: i64::from_be_bytes(*expires), path, pair })
}

/// Makes a token that allows `path` up to and including the second `expires`.
///
/// # Errors
///
/// A [`PatternError`] if `path` is not a valid pattern. Every check would refuse such a token.
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
    Ok(const_hex::encode(encryptor.encrypt_padded_vec_mut::<Pkcs7>(&plain)))
}

#[inline]
pub(crate) fn from_hex(token: &[u8], bytes: &mut [u8]) -> Result<(), Refusal> {
    // The decoder skips a "0x" prefix. Too few digits for `bytes` are left then, which is an error.
    if token.is_empty() {
        return Err(Refusal::Malformed);
    }
    const_hex::decode_to_slice(token, bytes).map_err(|_| Refusal::Malformed)
}

/// Decrypts `encrypted`. Returns the length of the plain text if padding and CRC are valid.
///
/// This implements CBC with the block cipher: it decrypts all blocks into the other buffer, then
/// combines each with the encrypted block before it. For long tokens, the crate `cbc` takes four
/// times as long to decrypt in place.
///
/// With a padding oracle, anybody could make tokens, because the CRC needs no key. So the time must
/// not depend on whether the padding or the CRC is wrong:
///
/// - The CRC is always computed. If the padding is wrong, its length is taken to be one byte.
/// - The results of both checks are used only at the end.
///
/// One difference remains: valid padding shortens the input of the CRC by at most 15 bytes.
#[inline]
pub(crate) fn decrypt(
    pair: &KeyPair,
    crc32: &crc32fast::Hasher,
    encrypted: &[u8],
    plain: &mut [u8],
) -> Result<usize, Attempt> {
    let buffers = InOutBuf::new(encrypted, plain).map_err(|_| Attempt::WrongLength)?;
    let (mut blocks, rest) = buffers.into_chunks();
    if !rest.is_empty() {
        return Err(Attempt::WrongLength);
    }
    pair.cipher.decrypt_blocks_inout(blocks.reborrow());
    let mut before = u128::from_ne_bytes(*pair.iv);
    for mut block in blocks {
        let encrypted = u128::from_ne_bytes(block.clone_in().into());
        let decrypted = block.get_out();
        *decrypted = (u128::from_ne_bytes((*decrypted).into()) ^ before).to_ne_bytes().into();
        before = encrypted;
    }
    let padding = plain.last_chunk().map_or(Padding::NONE, |last| Padding::of(*last));
    let bytes: &[u8] = plain;
    // Without room for a path, this is not a token. It is handled like wrong padding, but not
    // reported as such.
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

/// The PKCS#7 padding at the end of the last block: 1 to 16 bytes whose value is their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Padding {
    len: usize,
    is_right: bool,
}

impl Padding {
    const NONE: Self = Self { len: 1, is_right: false };

    /// Compares the block as one number: no branch depends on how many bytes are valid.
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
    fn every_attempt_has_its_text() {
        for (attempt, text) in [
            (Attempt::Opened, "opened"),
            (Attempt::WrongLength, "length is not a multiple of 16 bytes"),
            (Attempt::WrongPadding, "wrong padding"),
            (Attempt::WrongCrc, "crc mismatch"),
            (Attempt::WrongSeal, "wrong seal or binding"),
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
            let token = const_hex::encode(encryptor.encrypt_padded_vec_mut::<Pkcs7>(&plain));
            let ring = KeyRing::new(Some(pair.clone()), None).unwrap();
            let (mut buffer, mut attempts) = (alloc::vec![0; buffer_len(token.len())], Vec::new());
            let decoded =
                decode_watched(&ring, token.as_bytes(), &mut buffer, |_, attempt| attempts.push(attempt));
            assert_eq!((decoded, &*attempts), (Err(Refusal::Undecryptable), &[Attempt::WrongCrc][..]));
        }
    }

    #[test]
    fn padding_is_1_to_16_bytes_whose_value_is_their_number() {
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
