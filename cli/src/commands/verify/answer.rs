//! A verdict as a sentence, and as JSON.

use pta_token::{Claims, Refusal, SealedToken};
use serde::Serialize;

use crate::commands::fields::{Fields, VALID, json};
use crate::commands::verify::verdict::Verdict;
use crate::failure::Failure;
use crate::text::expiry::{Expiry, Left};
use crate::text::printable::Printable;

/// A verdict and the data to explain it.
pub(super) struct Answer<'a> {
    pub(super) verdict: &'a Verdict<'a>,
    pub(super) token: Option<&'a [u8]>,
    pub(super) path: &'a [u8],
    /// The name of the URL's argument. None for a line of a batch.
    pub(super) name: Option<&'a str>,
    pub(super) now: i64,
    pub(super) has_two_pairs: bool,
    /// Replaces the explanation of the refusal.
    pub(super) explanation: Option<&'static str>,
}

/// The verdict as JSON.
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
        match (self.verdict.result, self.verdict.claims) {
            (Ok(claims), _) => {
                let pair = if self.has_two_pairs { format!(", {} key", claims.pair) } else { String::new() };
                format!("allowed, {} left ({}){pair}", left(claims.expires), Expiry(claims.expires).date())
            }
            (Err(Refusal::Expired), Some(claims)) => {
                format!("{} ({})", left(claims.expires), Expiry(claims.expires).date())
            }
            (Err(Refusal::PathMismatch), Some(claims)) if self.explanation.is_none() => {
                let pattern = claims.path.as_bytes();
                format!("path \"{}\" does not match \"{}\"", Printable(self.path), Printable(pattern))
            }
            (Err(refusal), _) => match self.name.filter(|_| refusal == Refusal::Missing) {
                Some(name) => format!("the URL has no argument \"{name}\""),
                None => self.explanation.unwrap_or_else(|| refusal.explanation()).to_owned(),
            },
        }
    }

    pub(super) fn json(&self) -> Result<String, Failure> {
        json(&Json {
            verdict: self.verdict.word(),
            allowed: self.verdict.result.is_ok(),
            requested: String::from_utf8_lossy(self.path).into_owned(),
            message: self.sentence(),
            token: self.verdict.claims.map(|claims| self.fields(&claims)),
        })
    }

    fn fields(&self, claims: &Claims<'_>) -> Fields {
        let fields = Fields::new(claims, self.has_two_pairs.then(|| claims.pair.to_string()), self.now);
        // A sealed token was opened only because its seal is right.
        match self.token.and_then(|token| SealedToken::parse(token).ok()) {
            Some(sealed) => fields.with_seal(&sealed, VALID),
            None => fields,
        }
    }
}
