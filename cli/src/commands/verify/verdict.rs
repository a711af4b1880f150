//! The verdict on a token, by the code that the module uses.

use crate::keys::seal_rules::SealDemand;
use crate::text::sealed;
use pta_token::{
    ALLOWED, Binding, Circumstances, Claims, KeyRing, PathPattern, PlainRequest, Refusal, SealedToken,
    buffer_len, decode_or_else,
};

/// The request that a token should allow.
pub(super) struct Requested<'a> {
    pub(super) plain: PlainRequest<'a>,
    /// Whether nginx redirects to the path in the token, which is then not compared.
    pub(super) is_redirected: bool,
}

impl Circumstances for Requested<'_> {
    fn now(&mut self) -> i64 {
        self.plain.now()
    }

    fn is_for(&mut self, pattern: &PathPattern<'_>) -> bool {
        if self.is_redirected { pattern.is_redirect_target() } else { self.plain.is_for(pattern) }
    }
}

/// The verdict on a token.
pub(super) struct Verdict<'b> {
    pub(super) result: Result<Claims<'b>, Refusal>,
    /// The claims, also if the token is refused. None if it could not be decrypted.
    pub(super) claims: Option<Claims<'b>>,
}

impl<'b> Verdict<'b> {
    /// The verdict on a request. The token is decrypted into `buffer`.
    pub(super) fn of(
        ring: &KeyRing,
        binding: Binding<'_>,
        token: Option<&[u8]>,
        buffer: &'b mut Vec<u8>,
        mut requested: Requested<'_>,
    ) -> Self {
        let Some(token) = token else { return Self { result: Err(Refusal::Missing), claims: None } };
        buffer.resize(buffer_len(token.len()).max(buffer.len()), 0);
        let decoded = decode_or_else(ring, token, buffer, |buffer| {
            SealedToken::parse(token)?.open(ring, binding, buffer)
        });
        let result = decoded.and_then(|claims| claims.judge(&mut requested));
        Self { result, claims: decoded.ok() }
    }

    /// More than the refusal itself says, if the token should be sealed or is. `demand` says why it
    /// should be.
    pub(super) fn explanation(
        &self,
        ring: &KeyRing,
        demand: SealDemand,
        token: Option<&[u8]>,
    ) -> Option<&'static str> {
        let token = token?;
        let parsed = SealedToken::is_sealed(token).then(|| SealedToken::parse(token));
        match (self.result, parsed) {
            (Err(Refusal::Malformed), Some(_)) => Some(sealed::MALFORMED),
            (Err(Refusal::Malformed), None)
                if !token.is_empty() && token.len() % 2 == 0 && token.iter().all(u8::is_ascii_hexdigit) =>
            {
                match demand {
                    SealDemand::No => None,
                    SealDemand::Required => Some("token has no seal, which \"pta_require_seal\" demands"),
                    SealDemand::PerhapsRequired => Some(
                        "token has no seal, which \"pta_require_seal\" demands in a location that may be for the path",
                    ),
                    SealDemand::Bound => Some(sealed::NOT_BOUND),
                }
            }
            (Err(Refusal::Undecryptable), Some(Ok(_))) if !ring.has_seal_key() => {
                Some("token is sealed, but there is no seal key")
            }
            (Err(Refusal::Undecryptable), Some(Ok(_))) => {
                Some("wrong seal or binding, or token cannot be decrypted with these keys")
            }
            _ => None,
        }
    }

    /// As in `$pta_status`.
    pub(super) fn word(&self) -> &'static str {
        self.result.map_or_else(Refusal::status_word, |_| ALLOWED)
    }
}
