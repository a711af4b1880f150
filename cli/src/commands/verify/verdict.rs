//! The verdict on a token, by the code that the module uses.

use pta_token::{ALLOWED, Claims, KeyRing, PlainRequest, Refusal, buffer_len, decode};

/// The verdict on a token.
pub(super) struct Verdict<'b> {
    pub(super) result: Result<Claims<'b>, Refusal>,
    /// The claims, also if the token is refused. None if it could not be decrypted.
    pub(super) claims: Option<Claims<'b>>,
}

impl<'b> Verdict<'b> {
    /// The verdict on a request for `path` at `now`. The token is decrypted into `buffer`.
    pub(super) fn of(
        ring: &KeyRing,
        token: Option<&[u8]>,
        buffer: &'b mut Vec<u8>,
        now: i64,
        path: &[u8],
    ) -> Self {
        let Some(token) = token else { return Self { result: Err(Refusal::Missing), claims: None } };
        buffer.resize(buffer_len(token.len()).max(buffer.len()), 0);
        let decoded = decode(ring, token, buffer);
        let result = decoded.and_then(|claims| claims.judge(&mut PlainRequest { now, path }));
        Self { result, claims: decoded.ok() }
    }

    /// As in `$pta_status`.
    pub(super) fn word(&self) -> &'static str {
        self.result.map_or_else(Refusal::status_word, |_| ALLOWED)
    }
}
