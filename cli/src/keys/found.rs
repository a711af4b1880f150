//! The keys of a command.

use pta_token::{KeyMaterial, KeyPair, KeyRing, PairId, PathPattern, SecretPair};

use super::bind_rules::{self, BindRule, Mismatch};
use crate::failure::{Failure, warn};

/// The keys that were found, and the settings that were found with them.
#[derive(Clone, Default)]
pub(crate) struct FoundKeys {
    pub(crate) material: KeyMaterial,
    /// The value of pta_name, if it is set.
    pub(crate) name: Option<String>,
    /// How many values `pta_bind` has, in each location.
    pub(crate) bind_rules: Vec<BindRule>,
    /// Warnings. They are shown only if there is no error, so that an error is a single line.
    pub(crate) warnings: Vec<String>,
}

impl FoundKeys {
    pub(crate) fn only(first: SecretPair) -> Self {
        KeyMaterial { first: Some(first), ..KeyMaterial::default() }.into()
    }

    /// The pair to issue tokens with: that of `--pair`, else the 1st, else the only one.
    pub(crate) fn pair(&self, wanted: Option<PairId>) -> Result<KeyPair, Failure> {
        let pair = match wanted {
            None => PairId::ALL.into_iter().find_map(|id| self.material.pair(id)),
            Some(id) => self.material.pair(id),
        };
        pair.map(SecretPair::expand).ok_or_else(|| {
            let wanted = wanted.unwrap_or(PairId::First);
            Failure::Source(format!("--pair: there is no {wanted} pair"))
        })
    }

    pub(crate) fn pair_mut(&mut self, id: PairId) -> Option<&mut SecretPair> {
        match id {
            PairId::First => self.material.first.as_mut(),
            PairId::Second => self.material.second.as_mut(),
        }
    }

    pub(crate) fn ring(&self) -> Result<KeyRing, Failure> {
        self.material.ring().ok_or_else(no_keys)
    }

    /// Compares the number of values of `--bind` with `pta_bind` of the locations for these paths. An
    /// error if values are missing. Returns a warning if there are too many.
    pub(crate) fn check_bind(
        &self,
        pattern: &PathPattern<'_>,
        given: usize,
    ) -> Result<Option<&'static str>, String> {
        if self.bind_rules.is_empty() {
            return Ok(None);
        }
        match bind_rules::check(&self.bind_rules, pattern, given) {
            Ok(()) => Ok(None),
            Err(Mismatch::Missing(BindRule { count, place, .. })) => Err(format!(
                "\"pta_bind\" in {place} needs {count} {}, and {given} {} given",
                if *count == 1 { "value" } else { "values" },
                if given == 1 { "is" } else { "are" }
            )),
            Err(Mismatch::Surplus) => Ok(Some("there are more values than \"pta_bind\" has for this path")),
        }
    }

    /// Shows the warnings.
    pub(crate) fn warn(&self) {
        self.warnings.iter().for_each(|warning| warn(warning));
    }

    /// Whether there are two pairs, so that an answer names the one that opened the token.
    pub(crate) fn has_two_pairs(&self) -> bool {
        self.material.first.is_some() && self.material.second.is_some()
    }
}

impl From<KeyMaterial> for FoundKeys {
    fn from(material: KeyMaterial) -> Self {
        Self { material, ..Self::default() }
    }
}

/// The failure if no keys are given.
pub(crate) fn no_keys() -> Failure {
    Failure::Usage(
        "a key pair is needed: --pair-file, --config, --key-file and --iv-file, or PTA_KEY and PTA_IV in the environment"
            .to_owned(),
    )
}
