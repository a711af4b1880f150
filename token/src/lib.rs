//! The PTA token format: keys, encoding, decoding, path patterns and refusals.
//!
//! A token is the lower-case hexadecimal form of
//! `AES-128-CBC(key, iv, PKCS#7(crc32 || expires || path))`:
//!
//! - `crc32` is the CRC-32/ISO-HDLC of `expires || path` (4 bytes, big-endian).
//! - `expires` is a Unix time in seconds (8 bytes, big-endian, signed).
//! - `path` is a pattern that begins with `/`.
//!
//! CRC-32 inside CBC with a fixed IV is **not** a signature: it detects accidents and stops
//! guessing, nothing more. A *sealed* token has a MAC besides: see [`SealedToken`].
//!
//! This crate does not use nginx, the clock or files. The caller provides times, random bytes and
//! buffers.
//!
//! Arrows: {key_file, sealed} -> material -> codec -> claims -> {key, pattern, refusal} -> seal_key ->
//! {base64url, binding}
//!
//! ```
//! use pta_token::{KeyPair, KeyRing, PlainRequest, Refusal, buffer_len, decode, encode};
//!
//! let (key, iv) = (b"0102030405060708090a0b0c0d0e0f00", b"00000000000000000000000000000000");
//! let pair = KeyPair::from_hex(key, iv)?;
//! let token = encode(&pair, 1_735_657_200, b"/*")?;
//! assert_eq!(token, "3174ffad10cc165d58d154bdbd8a65de");
//!
//! let ring = KeyRing::new(Some(pair), None).ok_or("no key pair")?;
//! let mut buffer = vec![0; buffer_len(token.len())];
//! let claims = decode(&ring, token.as_bytes(), &mut buffer).map_err(|refusal| refusal.word())?;
//! let mut request = PlainRequest { now: 1_735_657_200, path: b"/video/1.mp4" };
//! assert_eq!(claims.judge(&mut request), Ok(claims));
//! request.now += 1;
//! assert_eq!(claims.judge(&mut request), Err(Refusal::Expired));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod base64url;
mod binding;
mod claims;
mod codec;
mod key;
mod key_file;
mod material;
mod pattern;
mod refusal;
mod seal_key;
mod sealed;

pub use binding::{Binding, BindingError};
pub use claims::{Circumstances, Claims, PlainRequest};
pub use codec::{Attempt, buffer_len, decode, decode_or_else, decode_watched, encode};
pub use key::{BLOCK_LEN, KeyError, KeyPair, KeyRing, PairId, Secret};
pub use key_file::{
    KEY_FILE_LIMIT, KeyFileError, PAIR_FILE_LIMIT, PairFileError, SEAL_KEY_FILE_LIMIT, SealKeyFileError,
};
pub use material::{KeyMaterial, SecretPair};
pub use pattern::{PathPattern, PatternError, escape_stars};
pub use refusal::{ALLOWED, Refusal};
pub use seal_key::{SEAL_KEY_LEN, SealKey, SealKeyError, SealSecret};
pub use sealed::{Nonce, SealedToken, Sealing, encode_sealed};
