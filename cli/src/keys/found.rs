//! The keys of a command.

use pta_token::{KeyMaterial, KeyPair, KeyRing, PairId, PathPattern, SecretPair};

use super::seal_rules::{Mismatch, Redirect, SealDemand, SealRule, SealRules, Surplus};
use crate::failure::{Failure, warn};

/// Where the keys come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Source {
    #[default]
    Environment,
    PairFiles,
    KeyFiles,
    Arguments,
    Configuration,
}

impl Source {
    /// The option that names the keys.
    pub(crate) fn option(self) -> Option<&'static str> {
        match self {
            Self::Environment => None,
            Self::PairFiles => Some("--pair-file"),
            Self::KeyFiles => Some("--key-file"),
            Self::Arguments => Some("--key"),
            Self::Configuration => Some("--config"),
        }
    }

    /// What can give a seal key to a pair from here.
    pub(crate) fn seal_key_options(self) -> &'static str {
        match self {
            Self::Environment => "PTA_SEAL_KEY (PTA_2ND_SEAL_KEY for the 2nd pair) or --seal-key-file",
            Self::PairFiles => "a third line in the pair file, or --seal-key-file",
            Self::KeyFiles | Self::Arguments => "--seal-key-file",
            Self::Configuration => {
                "a third line in the pair file, pta_1st_seal or pta_2nd_seal, or --seal-key-file"
            }
        }
    }
}

/// The keys that were found, and the settings that were found with them.
#[derive(Clone, Default)]
pub(crate) struct FoundKeys {
    pub(crate) material: KeyMaterial,
    pub(crate) source: Source,
    /// The value of pta_name, if it is set.
    pub(crate) name: Option<String>,
    /// What the locations demand of seals.
    pub(crate) seal_rules: SealRules,
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

    /// The ring of the pairs. With `requires_seal`, a token without seal is malformed.
    pub(crate) fn ring(&self, requires_seal: bool) -> Result<KeyRing, Failure> {
        let material = KeyMaterial { require_seal: requires_seal, ..self.material.clone() };
        material.ring().ok_or_else(no_keys)
    }

    /// Whether tokens for these paths must have a seal.
    pub(crate) fn seal_demand(&self, pattern: &PathPattern<'_>) -> SealDemand {
        if self.seal_rules.depend_on_path(0) {
            self.seal_rules.demand(pattern)
        } else {
            self.seal_demand_of_server()
        }
    }

    /// The same for a path that no location is for.
    pub(crate) fn seal_demand_of_server(&self) -> SealDemand {
        SealDemand::of_server(self.material.require_seal)
    }

    /// Compares the number of values of `--bind` with `pta_bind` of the locations for these paths. An
    /// error if values are missing. Returns a surplus if there are too many.
    pub(crate) fn check_bind(
        &self,
        pattern: &PathPattern<'_>,
        given: usize,
    ) -> Result<Option<Surplus>, String> {
        match self.seal_rules.check(pattern, given) {
            Ok(()) => Ok(None),
            Err(Mismatch::Missing(SealRule { count, place, .. })) => Err(format!(
                "\"pta_bind\" in {place} needs {count} {}, and {given} {} given",
                if *count == 1 { "value" } else { "values" },
                if given == 1 { "is" } else { "are" }
            )),
            Err(Mismatch::Surplus(surplus)) => Ok(Some(surplus)),
        }
    }

    /// Whether nginx redirects requests for this path to the path in the token
    /// (`pta_accel_redirect`).
    pub(crate) fn redirect(&self, path: &PathPattern<'_>) -> Redirect {
        self.seal_rules.redirect(path)
    }

    /// A warning if a location for these paths has an `include` that could not be read.
    pub(crate) fn unread_include(&self, pattern: &PathPattern<'_>) -> Option<String> {
        let place = self.seal_rules.unread(pattern)?;
        Some(format!(
            "cannot read what \"include\" in {place} names, so it is not known whether that has \"pta_bind\" or \
             \"pta_require_seal\""
        ))
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

/// The warning if there are more values than needed.
pub(crate) const SURPLUS: &str = "there are more values than \"pta_bind\" has for this path";

/// Why nginx cannot redirect to the path of a token.
pub(crate) const NO_TARGET: &str =
    "\"pta_accel_redirect\" needs a path without a wildcard, and without \".\" and \"..\" segments";

/// The failure if no keys are given.
pub(crate) fn no_keys() -> Failure {
    Failure::Usage(
        "a key pair is needed: --pair-file, --config, --key-file and --iv-file, or PTA_KEY and PTA_IV in the environment"
            .to_owned(),
    )
}
