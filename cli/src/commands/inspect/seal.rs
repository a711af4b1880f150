//! What can be said about a token and its seal.

use pta_token::{Binding, Claims, KeyMaterial, Refusal, SealedToken, buffer_len, decode};

use crate::commands::fields::VALID;
use crate::failure::Failure;
use crate::text::sealed;

/// The seal of a token that could be decrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seal {
    Valid,
    /// It is not that of an unbound token. Nobody can tell whether it is wrong or bound.
    Bound,
    /// The pair that opened the token has no seal key.
    NoKey,
}

impl Seal {
    /// As a line of text.
    pub(super) fn line(self) -> &'static str {
        match self {
            Self::Valid => "seal:    valid",
            Self::Bound => "seal not checked: bound?",
            Self::NoKey => "seal not checked: no seal key",
        }
    }

    /// As a value in JSON.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Valid => VALID,
            Self::Bound => "not checked: bound?",
            Self::NoKey => "not checked: no seal key",
        }
    }
}

/// A token that was decrypted, sealed or not.
pub(super) struct Opened<'t, 'b> {
    pub(super) claims: Claims<'b>,
    /// The parts of a sealed token, and what is known about its seal.
    pub(super) sealed: Option<(SealedToken<'t>, Seal)>,
}

/// Decrypts a token, also if its seal cannot be checked. But if values of a binding are given, there
/// must be a seal, and it must be right.
pub(super) fn open<'t, 'b>(
    material: &KeyMaterial,
    token: &'t [u8],
    values: &[&[u8]],
    binding: Binding<'_>,
    buffer: &'b mut Vec<u8>,
) -> Result<Opened<'t, 'b>, Failure> {
    let invalid = |reason: &str| Failure::Invalid(reason.to_owned());
    let refuse = |refusal: Refusal| invalid(refusal.explanation());
    let is_bound = !values.is_empty();
    // The fields of a token without seal are shown, too.
    let material = KeyMaterial { require_seal: false, ..material.clone() };
    let ring = material.ring().ok_or_else(|| refuse(Refusal::Undecryptable))?;
    buffer.resize(buffer_len(token.len()), 0);
    if !SealedToken::is_sealed(token) {
        let claims = decode(&ring, token, buffer).map_err(refuse)?;
        return if is_bound { Err(invalid(sealed::NOT_BOUND)) } else { Ok(Opened { claims, sealed: None }) };
    }
    let sealed = SealedToken::parse(token).map_err(|refusal| match refusal {
        Refusal::Malformed => invalid(sealed::MALFORMED),
        _ => refuse(refusal),
    })?;
    let is_valid = sealed.open(&ring, binding, buffer).is_ok();
    let claims =
        if is_valid { sealed.open(&ring, binding, buffer) } else { decode(&ring, sealed.token(), buffer) };
    let claims = claims.map_err(refuse)?;
    let has_key = material.pair(claims.pair).is_some_and(|pair| pair.seal.is_some());
    let seal = match (is_valid, has_key) {
        (true, _) => Seal::Valid,
        (false, true) if is_bound => return Err(invalid("wrong seal or binding")),
        (false, false) if is_bound => {
            return Err(invalid("the seal cannot be checked: the pair of the token has no seal key"));
        }
        (false, true) => Seal::Bound,
        (false, false) => Seal::NoKey,
    };
    Ok(Opened { claims, sealed: Some((sealed, seal)) })
}
