//! The key pairs of a command line: from files, the environment, nginx.conf or arguments.

use std::env;
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use clap::{Args, ValueHint};
use pta_token::{KeyMaterial, PairId, SealSecret, Secret, SecretPair};

use crate::failure::Failure;
use crate::keys::found::{FoundKeys, Source, no_keys};
use crate::keys::key_file;
use crate::keys::{pair_file, seal_key_file};
use crate::link::host::Host;
use crate::nginx_conf;

/// The options for the sources of keys.
#[derive(Args)]
#[command(next_help_heading = "Keys, from one of these sources or the environment")]
pub(crate) struct KeyArguments {
    /// A file with key and IV in two lines, and perhaps a seal key in a third, as for pta_1st_pair;
    /// if there are two options, the second is the 2nd pair
    #[arg(
        long,
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        conflicts_with_all = ["key", "iv", "config"]
    )]
    pair_file: Vec<PathBuf>,

    /// A file with the key, 32 hexadecimal digits
    #[arg(
        long,
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        requires = "iv_file",
        conflicts_with_all = ["key", "iv", "config", "pair_file"]
    )]
    key_file: Option<PathBuf>,

    /// A file with the IV that belongs to it, 32 hexadecimal digits
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "key_file")]
    iv_file: Option<PathBuf>,

    /// An nginx.conf with the keys in its pta_* directives; include lines are followed
    #[arg(
        long,
        value_name = "NGINX.CONF",
        value_hint = ValueHint::FilePath,
        conflicts_with_all = ["key", "iv"]
    )]
    config: Option<PathBuf>,

    /// The server in --config, by its server_name [default: the server for the URL's host, else all
    /// servers, which must have the same keys]
    #[arg(long, value_name = "NAME", requires = "config", value_hint = ValueHint::Other)]
    server: Option<String>,

    /// The key itself, 32 hexadecimal digits; other users of the machine can see arguments
    #[arg(long, value_name = "HEX", requires = "iv", value_hint = ValueHint::Other)]
    key: Option<String>,

    /// The IV that belongs to it, 32 hexadecimal digits
    #[arg(long, value_name = "HEX", requires = "key", value_hint = ValueHint::Other)]
    iv: Option<String>,

    /// A file with the seal key of the pair, 64 hexadecimal digits; if there are two options, the
    /// second is for the 2nd pair
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    seal_key_file: Vec<PathBuf>,
}

impl KeyArguments {
    /// Finds the keys. `host` chooses a server of --config. Messages never contain a key.
    pub(crate) fn find(&self, host: Option<&Host>) -> Result<FoundKeys, Failure> {
        self.find_for(host, None)
    }

    /// Like [`find`](Self::find). If there is one seal key file, it belongs to the pair `wanted`.
    pub(crate) fn find_for(&self, host: Option<&Host>, wanted: Option<PairId>) -> Result<FoundKeys, Failure> {
        let mut keys = FoundKeys { source: self.source(), ..self.find_pairs(host)? };
        let read = |path: &PathBuf| seal_key_file::read(path).map(Some).map_err(Failure::Source);
        let none = |pair| Failure::Usage(format!("--seal-key-file: there is no {pair} pair"));
        match self.seal_key_file.as_slice() {
            [] => {}
            [only] => {
                let first = if keys.material.first.is_some() { PairId::First } else { PairId::Second };
                let pair = wanted.unwrap_or(first);
                keys.pair_mut(pair).ok_or_else(|| none(pair))?.seal = read(only)?;
            }
            files @ [_, _] => {
                for (pair, file) in PairId::ALL.into_iter().zip(files) {
                    keys.pair_mut(pair).ok_or_else(|| none(pair))?.seal = read(file)?;
                }
            }
            _ => return Err(Failure::Usage("--seal-key-file: there are two pairs at most".to_owned())),
        }
        let unused = PairId::ALL.into_iter().filter_map(|id| unused_seal_key(&keys, id));
        let unused: Vec<_> = unused.collect();
        keys.warnings.extend(unused);
        Ok(keys)
    }

    fn source(&self) -> Source {
        if self.key.is_some() {
            Source::Arguments
        } else if self.key_file.is_some() {
            Source::KeyFiles
        } else if !self.pair_file.is_empty() {
            Source::PairFiles
        } else if self.config.is_some() {
            Source::Configuration
        } else {
            Source::Environment
        }
    }

    fn find_pairs(&self, host: Option<&Host>) -> Result<FoundKeys, Failure> {
        if let (Some(key), Some(iv)) = (&self.key, &self.iv) {
            let pair = SecretPair {
                key: secret("--key", key.as_bytes())?,
                iv: secret("--iv", iv.as_bytes())?,
                seal: None,
            };
            return Ok(FoundKeys { warnings: vec![VISIBLE.to_owned()], ..FoundKeys::only(pair) });
        }
        if let (Some(key), Some(iv)) = (&self.key_file, &self.iv_file) {
            let read = |path| key_file::read(path).map_err(Failure::Source);
            return Ok(FoundKeys::only(SecretPair { key: read(key)?, iv: read(iv)?, seal: None }));
        }
        let pair_file = |path: &PathBuf| pair_file::read(path).map_err(Failure::Source);
        match self.pair_file.as_slice() {
            [] => {}
            [only] => return Ok(FoundKeys::only(pair_file(only)?)),
            [first, second] => {
                let second = Some(pair_file(second)?);
                return Ok(KeyMaterial { first: Some(pair_file(first)?), second, require_seal: false }.into());
            }
            _ => return Err(Failure::Usage("--pair-file: there are two pairs at most".to_owned())),
        }
        if let Some(config) = &self.config {
            return nginx_conf::keys(config, self.server.as_deref(), host).map_err(Failure::Source);
        }
        let first = pair_of_environment("PTA_KEY", "PTA_IV", seal_key_variable(PairId::First))?;
        let second = pair_of_environment("PTA_2ND_KEY", "PTA_2ND_IV", seal_key_variable(PairId::Second))?;
        if first.is_none() && second.is_none() {
            return Err(no_keys());
        }
        Ok(KeyMaterial { first, second, require_seal: false }.into())
    }
}

const VISIBLE: &str = "--key and --iv can be seen by other users of this machine; use --pair-file, or PTA_KEY and PTA_IV \
                       in the environment";

fn seal_key_variable(id: PairId) -> &'static str {
    match id {
        PairId::First => "PTA_SEAL_KEY",
        PairId::Second => "PTA_2ND_SEAL_KEY",
    }
}

/// A warning if a pair has no seal key although there is a variable for one.
fn unused_seal_key(keys: &FoundKeys, id: PairId) -> Option<String> {
    let name = seal_key_variable(id);
    let value =
        env::var_os(name).filter(|_| keys.material.pair(id).is_some_and(|pair| pair.seal.is_none()))?;
    match keys.source.option() {
        // It may be that the command failed that should have printed the key.
        None => Some(format!("{name} is empty, so the {id} pair has no seal key")),
        Some(option) if !value.is_empty() => {
            Some(format!("{name} is not used, because {option} names the keys"))
        }
        Some(_) => None,
    }
}

fn pair_of_environment(
    key_name: &str,
    iv_name: &str,
    seal_name: &str,
) -> Result<Option<SecretPair>, Failure> {
    // An empty variable is not set.
    let value = |name| env::var_os(name).filter(|value: &OsString| !value.is_empty());
    let lacks =
        |given: &str, missing: &str| Err(Failure::Usage(format!("{given} is set, but {missing} is not")));
    match (value(key_name), value(iv_name), value(seal_name)) {
        (None, None, None) => Ok(None),
        (Some(key), Some(iv), seal) => {
            let key = secret(key_name, key.as_bytes())?;
            let iv = secret(iv_name, iv.as_bytes())?;
            let seal = seal.map(|seal| seal_secret(seal_name, seal.as_bytes())).transpose()?;
            Ok(Some(SecretPair { key, iv, seal }))
        }
        (Some(_), None, _) => lacks(key_name, iv_name),
        (None, Some(_), _) => lacks(iv_name, key_name),
        (None, None, Some(_)) => lacks(seal_name, key_name),
    }
}

fn seal_secret(name: &str, value: &[u8]) -> Result<SealSecret, Failure> {
    SealSecret::from_hex(value).map_err(|error| Failure::Usage(format!("the value of {name} {error}")))
}

fn secret(name: &str, value: &[u8]) -> Result<Secret, Failure> {
    Secret::from_hex(value).map_err(|error| Failure::Usage(format!("the value of {name} {error}")))
}
