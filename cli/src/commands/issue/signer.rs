//! Makes tokens, sealed if the pair has a seal key.

use clap::Args;
use pta_token::{Binding, KeyPair, PatternError, Sealing};

use crate::failure::Failure;
use crate::keys::found::Source;
use crate::keys::fresh;
use crate::options::bind::{self, BindArguments};

/// How to seal tokens.
#[derive(Args)]
pub(super) struct SealArguments {
    #[command(flatten)]
    bind: BindArguments,

    /// Put 12 random bytes into the token, so that it differs from all others and can be used once
    #[arg(long, conflicts_with = "align")]
    once: bool,
}

impl SealArguments {
    pub(super) fn values(&self) -> Result<Vec<&[u8]>, Failure> {
        self.bind.values()
    }
}

/// A pair, and how its tokens are sealed.
pub(super) struct Signer<'a> {
    pair: KeyPair,
    binding: Binding<'a>,
    once: bool,
}

impl<'a> Signer<'a> {
    /// An error if a value is empty, or if the pair lacks the seal key that an option needs. The pair
    /// is from `source`.
    pub(super) fn new(
        pair: KeyPair,
        source: Source,
        values: &'a [&'a [u8]],
        arguments: &SealArguments,
    ) -> Result<Self, Failure> {
        let once = arguments.once;
        let binding = bind::binding(values)?;
        let option = if values.is_empty() { once.then_some("--once") } else { Some("--bind") };
        match option.filter(|_| pair.seal_key().is_none()) {
            Some(option) => {
                Err(Failure::Usage(format!("{option} needs a seal key: {}", source.seal_key_options())))
            }
            None => Ok(Self { pair, binding, once }),
        }
    }

    /// Whether its tokens are sealed.
    pub(super) fn seals(&self) -> bool {
        self.pair.seal_key().is_some()
    }

    /// A token. `refuse` makes the failure if the path is not a pattern.
    pub(super) fn token(
        &self,
        expires: i64,
        path: &[u8],
        refuse: impl Fn(PatternError) -> Failure,
    ) -> Result<String, Failure> {
        let Some(key) = self.pair.seal_key() else {
            return pta_token::encode(&self.pair, expires, path).map_err(refuse);
        };
        let nonce = if self.once { Some(fresh::nonce()?) } else { None };
        let sealing = Sealing { key, nonce: nonce.as_ref(), binding: self.binding };
        pta_token::encode_sealed(&self.pair, expires, path, sealing).map_err(refuse)
    }
}
