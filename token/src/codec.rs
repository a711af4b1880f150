//! Bytes to token and back: hexadecimal digits, CBC, CRC, fields.

use alloc::string::String;
use alloc::vec::Vec;

use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, InnerIvInit, block_padding::Pkcs7};

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
pub fn decode<'b>(ring: &KeyRing, token: &[u8], buffer: &'b mut [u8]) -> Result<Claims<'b>, DecodeError> {
    decode_watched(ring, token, buffer, |_, _| {})
}

/// [`decode`], telling `watch` what came of each pair.
///
/// # Errors
///
/// As for [`decode`].
pub fn decode_watched<'b>(
    ring: &KeyRing,
    token: &[u8],
    buffer: &'b mut [u8],
    mut watch: impl FnMut(PairId, Attempt),
) -> Result<Claims<'b>, DecodeError> {
    let len = decoded_len(token.len());
    let buffer = buffer.get_mut(..len).ok_or(DecodeError::Undecryptable)?;
    let mut plain = None;
    for (id, pair) in ring.pairs() {
        // Decryption is in place, so each pair starts again from the characters.
        from_hex(token, buffer)?;
        match decrypt(pair, buffer) {
            Ok(plain_len) => {
                watch(id, Attempt::Opened);
                plain = Some((id, plain_len));
                break;
            }
            Err(attempt) => watch(id, attempt),
        }
    }
    let (pair, plain_len) = plain.ok_or(DecodeError::Undecryptable)?;
    let plain = buffer.get(..plain_len).ok_or(DecodeError::Undecryptable)?;
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

fn from_hex(token: &[u8], bytes: &mut [u8]) -> Result<(), DecodeError> {
    // The decoder would skip a "0x" prefix; here it is just no hexadecimal digit.
    if token.is_empty() || token.starts_with(b"0x") {
        return Err(DecodeError::Malformed);
    }
    const_hex::decode_to_slice(token, bytes).map_err(|_| DecodeError::Malformed)
}

/// Decrypts in place; the length of the plain text, if padding and CRC are right.
fn decrypt(pair: &KeyPair, bytes: &mut [u8]) -> Result<usize, Attempt> {
    if !bytes.len().is_multiple_of(BLOCK_LEN) {
        return Err(Attempt::WrongLength);
    }
    let decryptor = cbc::Decryptor::inner_iv_init(&pair.cipher, (&*pair.iv).into());
    let plain = decryptor.decrypt_padded::<Pkcs7>(bytes).map_err(|_| Attempt::WrongPadding)?;
    let (crc32, covered) = plain.split_first_chunk().ok_or(Attempt::WrongCrc)?;
    if u32::from_be_bytes(*crc32) == crc32fast::hash(covered) {
        Ok(plain.len())
    } else {
        Err(Attempt::WrongCrc)
    }
}
