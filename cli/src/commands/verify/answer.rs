//! A verdict in words, for people and for programs.

use pta_token::{DecodeError, Verdict};
use serde::Serialize;

use crate::commands::fields::{Fields, json};
use crate::failure::Failure;
use crate::text::expiry::{Expiry, Left};
use crate::text::printable::Printable;

/// A verdict with what is needed to explain it.
pub(super) struct Answer<'a> {
    pub(super) verdict: &'a Verdict<'a>,
    pub(super) path: &'a [u8],
    /// The argument of the URL; a line of a batch has none.
    pub(super) name: Option<&'a str>,
    pub(super) now: i64,
    pub(super) are_two: bool,
}

/// The verdict for programs.
#[derive(Serialize)]
struct Json {
    /// As in `$pta_status`.
    verdict: &'static str,
    allowed: bool,
    /// The requested path.
    requested: String,
    message: String,
    /// The fields of the token, if it could be decrypted.
    token: Option<Fields>,
}

impl Answer<'_> {
    pub(super) fn sentence(&self) -> String {
        let left = |expires| Left { expires, now: self.now };
        match self.verdict {
            Verdict::Allowed(claims) => {
                let pair = if self.are_two { format!(", {} key", claims.pair) } else { String::new() };
                format!("allowed, {} left ({}){pair}", left(claims.expires), Expiry(claims.expires).date())
            }
            Verdict::Missing => match self.name {
                Some(name) => format!("the URL has no argument \"{name}\""),
                None => "there is no token".to_owned(),
            },
            Verdict::Malformed => DecodeError::Malformed.to_string(),
            Verdict::Undecryptable => DecodeError::Undecryptable.to_string(),
            Verdict::Expired(claims) => {
                format!("{} ({})", left(claims.expires), Expiry(claims.expires).date())
            }
            Verdict::PathMismatch(claims) => {
                let pattern = claims.path.as_bytes();
                format!("path \"{}\" does not match \"{}\"", Printable(self.path), Printable(pattern))
            }
        }
    }

    pub(super) fn json(&self) -> Result<String, Failure> {
        let token = match self.verdict {
            Verdict::Allowed(claims) | Verdict::Expired(claims) | Verdict::PathMismatch(claims) => {
                Some(Fields::new(claims, self.are_two.then(|| claims.pair.to_string()), self.now))
            }
            Verdict::Missing | Verdict::Malformed | Verdict::Undecryptable => None,
        };
        json(&Json {
            verdict: word(self.verdict),
            allowed: matches!(self.verdict, Verdict::Allowed(_)),
            requested: String::from_utf8_lossy(self.path).into_owned(),
            message: self.sentence(),
            token,
        })
    }
}

/// The word of `$pta_status`.
pub(super) fn word(verdict: &Verdict<'_>) -> &'static str {
    match verdict {
        Verdict::Allowed(_) => "ALLOWED",
        Verdict::Missing => "MISSING",
        Verdict::Malformed => "MALFORMED",
        Verdict::Undecryptable => "UNDECRYPTABLE",
        Verdict::Expired(_) => "EXPIRED",
        Verdict::PathMismatch(_) => "PATH_MISMATCH",
    }
}
