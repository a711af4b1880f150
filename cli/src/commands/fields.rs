//! The fields of a token as JSON.

use std::str;

use pta_token::{Claims, SealedToken};
use serde::Serialize;

use crate::failure::Failure;
use crate::text::expiry;

/// The field `seal` if the seal is right.
pub(crate) const VALID: &str = "valid";

/// The fields of a token.
#[derive(Serialize)]
pub(crate) struct Fields {
    crc32: String,
    expires: i64,
    /// RFC 3339. Null if the date is outside the calendar.
    expires_at: Option<String>,
    /// Negative if the token has expired.
    seconds_left: i64,
    expired: bool,
    #[serde(flatten)]
    path: PathField,
    /// Null if there is only one pair.
    key: Option<String>,
    /// Only if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    /// Only for sealed tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    seal: Option<&'static str>,
}

impl Fields {
    pub(crate) fn new(claims: &Claims<'_>, pair: Option<String>, now: i64) -> Self {
        Self {
            crc32: format!("{:08x}", claims.crc32),
            expires: claims.expires,
            expires_at: expiry::date(claims.expires),
            seconds_left: claims.expires.saturating_sub(now),
            expired: claims.has_expired(now),
            path: PathField::new(claims.path.as_bytes()),
            key: pair,
            nonce: None,
            seal: None,
        }
    }

    /// Of a sealed token, the nonce, and what is known about the seal.
    pub(crate) fn with_seal(self, sealed: &SealedToken<'_>, seal: &'static str) -> Self {
        Self { nonce: sealed.nonce().map(nonce), seal: Some(seal), ..self }
    }
}

#[derive(Serialize)]
struct PathField {
    /// Bytes that are not UTF-8 are replaced with U+FFFD.
    path: String,
    /// The exact bytes in hexadecimal digits, if the path is not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    path_hex: Option<String>,
}

impl PathField {
    fn new(bytes: &[u8]) -> Self {
        let hex = || bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        Self {
            path: String::from_utf8_lossy(bytes).into_owned(),
            path_hex: str::from_utf8(bytes).is_err().then(hex),
        }
    }
}

/// A nonce as text.
pub(crate) fn nonce(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// One line of JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::Output(error.into()))
}
