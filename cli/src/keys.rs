//! The key pair of a command line.

use clap::Args;
use pta_token::{KeyPair, Secret};

use crate::Failure;

/// A key and its IV.
#[derive(Args)]
pub(crate) struct Keys {
    /// The key, 32 hexadecimal digits: the value of pta_1st_key or pta_2nd_key
    #[arg(long, value_name = "HEX")]
    key: String,

    /// The IV that belongs to it, 32 hexadecimal digits
    #[arg(long, value_name = "HEX")]
    iv: String,
}

impl Keys {
    /// Parses both. The messages never repeat a value.
    pub(crate) fn pair(&self) -> Result<KeyPair, Failure> {
        let secret = |name: &str, value: &str| {
            Secret::from_hex(value.as_bytes())
                .map_err(|error| Failure::Usage(format!("the value of {name} {error}")))
        };
        Ok(KeyPair::new(&secret("--key", &self.key)?, &secret("--iv", &self.iv)?))
    }
}
