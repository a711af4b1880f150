//! The keys that a command was given.

use pta_token::{KeyPair, KeyRing};

use super::pair::{Pair, PairName};
use crate::failure::{Failure, warn};

/// The keys that were found, and what was found beside them.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Keys {
    pub(crate) first: Option<Pair>,
    pub(crate) second: Option<Pair>,
    /// The value of pta_name, where there is one.
    pub(crate) name: Option<String>,
    /// Warnings, shown only if there is no error: an error stays one line.
    pub(crate) warnings: Vec<String>,
}

impl Keys {
    pub(crate) fn only(first: Pair) -> Self {
        Self { first: Some(first), second: None, name: None, warnings: Vec::new() }
    }

    /// The pair to issue with: the one of `--pair`, or else the 1st, or the only one.
    pub(crate) fn pair(&self, wanted: Option<PairName>) -> Result<KeyPair, Failure> {
        let pair = match wanted {
            None => self.first.as_ref().or(self.second.as_ref()),
            Some(PairName::First) => self.first.as_ref(),
            Some(PairName::Second) => self.second.as_ref(),
        };
        pair.map(Pair::schedule).ok_or_else(|| {
            let wanted = wanted.unwrap_or(PairName::First);
            Failure::Source(format!("--pair: there is no {wanted} pair"))
        })
    }

    pub(crate) fn ring(&self) -> Result<KeyRing, Failure> {
        let schedule = |pair: &Option<Pair>| pair.as_ref().map(Pair::schedule);
        KeyRing::new(schedule(&self.first), schedule(&self.second)).ok_or_else(no_keys)
    }

    /// Shows the warnings, before the answer.
    pub(crate) fn warn(&self) {
        self.warnings.iter().for_each(|warning| warn(warning));
    }

    /// Whether it means something which of the two opened a token.
    pub(crate) fn are_two(&self) -> bool {
        self.first.is_some() && self.second.is_some()
    }
}

/// The failure of a command line without keys.
pub(crate) fn no_keys() -> Failure {
    Failure::Usage(
        "a key pair is needed: --pair-file, --config, --key-file and --iv-file, or PTA_KEY and PTA_IV in the environment"
            .to_owned(),
    )
}
