//! Sealed tokens: a token, an optional nonce and a MAC over both and the binding.
//!
//! ```text
//! TOKEN [ "." NONCE ] "." SEAL
//! SEAL = base64url( HMAC-SHA-256( seal_key, "pta-seal-1" 00 TEXT 00 BIND )[0..16] )
//! ```
//!
//! - TEXT is all that stands before the last dot, byte by byte.
//! - NONCE is 1 to 43 characters of base64url. It makes equal tokens differ, and is not interpreted.
//! - BIND is each value of the binding behind its length (4 bytes, big-endian).

use alloc::string::String;
use core::fmt;

use crate::base64url;
use crate::binding::Binding;
use crate::claims::Claims;
use crate::codec::{Attempt, claims, decrypt, encode, from_hex, halves};
use crate::key::{BLOCK_LEN, KeyPair, KeyRing, PairId};
use crate::pattern::PatternError;
use crate::refusal::Refusal;
use crate::seal_key::{SEAL_LEN, SealKey};

/// The characters of a seal.
const SEAL_TEXT_LEN: usize = 22;
/// The most characters of a nonce: those of 32 bytes.
const NONCE_LIMIT: usize = 43;
/// The characters of a nonce that this crate makes: those of 12 bytes.
const NONCE_LEN: usize = 16;

/// The parts of a sealed token. Its syntax is right, its seal is not yet checked.
#[derive(Clone, Copy)]
pub struct SealedToken<'t> {
    /// What the seal covers.
    text: &'t [u8],
    token: &'t [u8],
    nonce: Option<&'t [u8]>,
    seal: [u8; SEAL_LEN],
}

impl<'t> SealedToken<'t> {
    /// Whether `token` claims to be sealed: it contains a dot. Tokens without seal never do.
    #[must_use]
    pub fn is_sealed(token: &[u8]) -> bool {
        token.contains(&b'.')
    }

    /// The same for a token that has been opened, which needs a look at one byte only: an opened
    /// token without seal has no dot, and a seal has a fixed length.
    #[inline]
    #[must_use]
    pub fn opened_is_sealed(token: &[u8]) -> bool {
        token.get(token.len().wrapping_sub(SEAL_TEXT_LEN).wrapping_sub(1)) == Some(&b'.')
    }

    /// Splits a sealed token and checks its syntax.
    ///
    /// # Errors
    ///
    /// - [`Refusal::Malformed`] if a part is missing or has other characters or another length than
    ///   it must have, also if there is no seal.
    /// - [`Refusal::Undecryptable`] if the number of digits of the token is not a multiple of 32.
    pub fn parse(sealed: &'t [u8]) -> Result<Self, Refusal> {
        let parts = Self::split(sealed).ok_or(Refusal::Malformed)?;
        if parts.token.len() % (BLOCK_LEN * 2) == 0 { Ok(parts) } else { Err(Refusal::Undecryptable) }
    }

    fn split(sealed: &'t [u8]) -> Option<Self> {
        let (text, seal) = split_at_dot(sealed, sealed.iter().rposition(|&byte| byte == b'.')?)?;
        let (token, nonce) = match text.iter().position(|&byte| byte == b'.') {
            None => (text, None),
            Some(dot) => {
                let (token, nonce) = split_at_dot(text, dot)?;
                (token, Some(nonce))
            }
        };
        // Unlike a loop over the digits, this does not branch for each of them.
        let is_token = !token.is_empty() && token.len() % 2 == 0 && const_hex::check_raw(token);
        if !is_token || !nonce.is_none_or(is_nonce) {
            return None;
        }
        Some(Self { text, token, nonce, seal: base64url::decode(seal)? })
    }

    /// The token without nonce and seal.
    #[must_use]
    pub fn token(&self) -> &'t [u8] {
        self.token
    }

    /// The nonce, as it was sent.
    #[must_use]
    pub fn nonce(&self) -> Option<&'t [u8]> {
        self.nonce
    }

    /// The bytes of the seal. If the seal is right, they identify the token.
    #[must_use]
    pub fn seal(&self) -> &[u8; 16] {
        &self.seal
    }

    /// Decrypts the token with the first pair of `ring` whose seal key has made the seal and that
    /// opens it. A pair without seal key opens no sealed token.
    ///
    /// `buffer` must have at least [`buffer_len`](crate::buffer_len) bytes for the whole sealed token.
    /// Its content does not matter.
    ///
    /// # Errors
    ///
    /// [`Refusal::Undecryptable`] for all reasons, also if the buffer is too small.
    pub fn open<'b>(
        &self,
        ring: &KeyRing,
        binding: Binding<'_>,
        buffer: &'b mut [u8],
    ) -> Result<Claims<'b>, Refusal> {
        self.open_watched(ring, binding, buffer, |_, _| {})
    }

    /// Like [`open`](Self::open), and reports the result of each pair with a seal key to `watch`.
    ///
    /// # Errors
    ///
    /// That of [`open`](Self::open).
    pub fn open_watched<'b>(
        &self,
        ring: &KeyRing,
        binding: Binding<'_>,
        buffer: &'b mut [u8],
        mut watch: impl FnMut(PairId, Attempt),
    ) -> Result<Claims<'b>, Refusal> {
        let (encrypted, plain) = halves(buffer, self.token.len() / 2).ok_or(Refusal::Undecryptable)?;
        from_hex(self.token, encrypted)?;
        for (id, pair) in ring.pairs() {
            let Some(key) = pair.seal_key() else { continue };
            if !key.verify(self.text, binding, &self.seal) {
                watch(id, Attempt::WrongSeal);
                continue;
            }
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
}

/// Prints no part of the token.
impl fmt::Debug for SealedToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedToken(..)")
    }
}

/// A value that makes a token differ from all others with the same path and expiry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nonce(String);

impl Nonce {
    /// The nonce of 12 random bytes: 16 characters.
    #[must_use]
    pub fn new(random: &[u8; 12]) -> Self {
        let mut text = String::with_capacity(NONCE_LEN);
        base64url::append(&mut text, random);
        Self(text)
    }

    /// The characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How to seal a token.
#[derive(Clone, Copy, Debug)]
pub struct Sealing<'a> {
    /// The seal key of the pair that encrypts the token.
    pub key: &'a SealKey,
    /// What distinguishes the token from others with the same path and expiry.
    pub nonce: Option<&'a Nonce>,
    /// The values that a check must know.
    pub binding: Binding<'a>,
}

/// Makes a sealed token that allows `path` up to and including the second `expires`.
///
/// # Errors
///
/// A [`PatternError`] if `path` is not a valid pattern. Every check would refuse such a token.
pub fn encode_sealed(
    pair: &KeyPair,
    expires: i64,
    path: &[u8],
    sealing: Sealing<'_>,
) -> Result<String, PatternError> {
    let mut text = encode(pair, expires, path)?;
    text.reserve(NONCE_LEN + SEAL_TEXT_LEN + 2);
    if let Some(nonce) = sealing.nonce {
        text.push('.');
        text.push_str(nonce.as_str());
    }
    let seal = sealing.key.seal(text.as_bytes(), sealing.binding);
    text.push('.');
    base64url::append(&mut text, &seal);
    Ok(text)
}

/// What is before the byte at `dot`, and what is behind it.
fn split_at_dot(text: &[u8], dot: usize) -> Option<(&[u8], &[u8])> {
    let (before, rest) = text.split_at_checked(dot)?;
    Some((before, rest.get(1..)?))
}

fn is_nonce(text: &[u8]) -> bool {
    (1..=NONCE_LIMIT).contains(&text.len()) && text.iter().all(|&byte| base64url::bits(byte).is_some())
}
