//! The key pairs of a command line: in files, the environment, nginx.conf or arguments.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use pta_token::{KeyPair, KeyRing, Secret};

use crate::failure::{Failure, warn};
use crate::host::Host;
use crate::key_file;
use crate::nginx_conf;
use crate::pair_file;

/// Where the keys are.
#[derive(Args)]
#[command(next_help_heading = "Keys, from one of these sources or the environment")]
pub(crate) struct KeyArguments {
    /// A file with key and IV in two lines, as pta_1st_pair; given twice, the second is the 2nd pair
    #[arg(long, value_name = "FILE", conflicts_with_all = ["key", "iv", "config"])]
    pair_file: Vec<PathBuf>,

    /// A file with the key, 32 hexadecimal digits
    #[arg(long, value_name = "FILE", requires = "iv_file", conflicts_with_all = ["key", "iv", "config", "pair_file"])]
    key_file: Option<PathBuf>,

    /// A file with the IV that belongs to it, 32 hexadecimal digits
    #[arg(long, value_name = "FILE", requires = "key_file")]
    iv_file: Option<PathBuf>,

    /// An nginx.conf: the keys are those of its pta_* directives, include lines followed
    #[arg(long, value_name = "NGINX.CONF", conflicts_with_all = ["key", "iv"])]
    config: Option<PathBuf>,

    /// The server of --config to take, by its server_name [default: the one for the URL's host, or for all alike]
    #[arg(long, value_name = "NAME", requires = "config")]
    server: Option<String>,

    /// The key itself, 32 hexadecimal digits; other users of the machine can see arguments
    #[arg(long, value_name = "HEX", requires = "iv")]
    key: Option<String>,

    /// The IV that belongs to it, 32 hexadecimal digits
    #[arg(long, value_name = "HEX", requires = "key")]
    iv: Option<String>,
}

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
    fn only(first: Pair) -> Self {
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

impl KeyArguments {
    /// Finds the keys, those of --config for a URL with this host. The messages never repeat one.
    pub(crate) fn find(&self, host: Option<&Host>) -> Result<Keys, Failure> {
        if let (Some(key), Some(iv)) = (&self.key, &self.iv) {
            let pair = Pair { key: secret("--key", key.as_bytes())?, iv: secret("--iv", iv.as_bytes())? };
            return Ok(Keys { warnings: vec![VISIBLE.to_owned()], ..Keys::only(pair) });
        }
        if let (Some(key), Some(iv)) = (&self.key_file, &self.iv_file) {
            let read = |path| key_file::read(path).map_err(Failure::Source);
            return Ok(Keys::only(Pair { key: read(key)?, iv: read(iv)? }));
        }
        let pair_file = |path: &PathBuf| pair_file::read(path).map_err(Failure::Source);
        match self.pair_file.as_slice() {
            [] => {}
            [only] => return Ok(Keys::only(pair_file(only)?)),
            [first, second] => {
                return Ok(Keys { second: Some(pair_file(second)?), ..Keys::only(pair_file(first)?) });
            }
            _ => return Err(Failure::Usage("--pair-file: there are two pairs at most".to_owned())),
        }
        if let Some(config) = &self.config {
            return nginx_conf::keys(config, self.server.as_deref(), host).map_err(Failure::Source);
        }
        let first = pair_of_environment("PTA_KEY", "PTA_IV")?;
        let second = pair_of_environment("PTA_2ND_KEY", "PTA_2ND_IV")?;
        if first.is_none() && second.is_none() {
            return Err(no_keys());
        }
        Ok(Keys { first, second, name: None, warnings: Vec::new() })
    }
}

const VISIBLE: &str = "--key and --iv can be seen by other users of this machine; use --pair-file, or PTA_KEY and PTA_IV \
                       in the environment";

fn no_keys() -> Failure {
    Failure::Usage(
        "a key pair is needed: --pair-file, --config, --key-file and --iv-file, or PTA_KEY and PTA_IV in the environment"
            .to_owned(),
    )
}

fn pair_of_environment(key_name: &str, iv_name: &str) -> Result<Option<Pair>, Failure> {
    // An empty variable is one that was not filled in, not a key.
    let value = |name| env::var_os(name).filter(|value: &OsString| !value.is_empty());
    match (value(key_name), value(iv_name)) {
        (None, None) => Ok(None),
        (Some(key), Some(iv)) => {
            let key = secret(key_name, key.as_bytes())?;
            Ok(Some(Pair { key, iv: secret(iv_name, iv.as_bytes())? }))
        }
        (Some(_), None) => Err(Failure::Usage(format!("{key_name} is set, but {iv_name} is not"))),
        (None, Some(_)) => Err(Failure::Usage(format!("{iv_name} is set, but {key_name} is not"))),
    }
}

fn secret(name: &str, value: &[u8]) -> Result<Secret, Failure> {
    Secret::from_hex(value).map_err(|error| Failure::Usage(format!("the value of {name} {error}")))
}
