//! A key pair, and which of the two it is.

use std::fmt;

use clap::ValueEnum;
use pta_token::{KeyPair, Secret};

/// One of the two pairs that the directives name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PairName {
    #[value(name = "1st")]
    First,
    #[value(name = "2nd")]
    Second,
}

impl fmt::Display for PairName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::First => "1st",
            Self::Second => "2nd",
        })
    }
}

impl PairName {
    /// The name of its file in the folder of `keygen --files`.
    pub(crate) fn file_name(self) -> String {
        format!("{self}.pair")
    }
}

/// A key and its IV.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) key: Secret,
    pub(crate) iv: Secret,
}

impl Pair {
    pub(crate) fn schedule(&self) -> KeyPair {
        KeyPair::new(&self.key, &self.iv)
    }
}
