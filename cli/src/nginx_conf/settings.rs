//! The pta directives of one level, and how they are inherited.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use pta_http::name::TokenName;
use pta_token::{KeyMaterial, SealSecret, Secret, SecretPair};

use super::block::{Directive, Place};
use crate::keys::found::FoundKeys;
use crate::keys::key_file;
use crate::keys::pair_file;
use crate::keys::seal_key_file;

/// A value as it is written. It is parsed only if needed: key files of other servers may be
/// unreadable.
#[derive(Clone, Debug)]
struct Value {
    name: &'static str,
    text: Vec<u8>,
    place: Place,
}

/// The key or the IV of one pair, set by its own directive or by that of the whole pair.
#[derive(Clone, Debug)]
enum Half {
    Single(Value),
    OfPair(Value),
}

/// Key, IV and seal key of one pair, which are inherited separately.
#[derive(Clone, Debug, Default)]
struct PairSettings {
    key: Option<Half>,
    iv: Option<Half>,
    /// Those that may give the seal key, the nearest first. A pair file need not have one.
    seals: Vec<Half>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    first: PairSettings,
    second: PairSettings,
    require_seal: Option<Value>,
    name: Option<Value>,
}

/// The directives that set one value.
const NAMES: [&str; 10] = [
    "pta_1st_key",
    "pta_1st_iv",
    "pta_1st_pair",
    "pta_1st_seal",
    "pta_2nd_key",
    "pta_2nd_iv",
    "pta_2nd_pair",
    "pta_2nd_seal",
    "pta_require_seal",
    "pta_name",
];

impl Settings {
    /// The settings of a block.
    pub(super) fn of(directives: &[Directive]) -> Result<Self, String> {
        let mut settings = Self::default();
        for directive in directives {
            let Some(name) = NAMES.into_iter().find(|name| name.as_bytes() == directive.name) else {
                continue;
            };
            let place = &directive.place;
            let [text] = directive.values.as_slice() else {
                return Err(format!("invalid number of arguments in \"{name}\" directive in {place}"));
            };
            settings.set(Value { name, text: text.clone(), place: place.clone() })?;
        }
        Ok(settings)
    }

    /// In the same block, a pair cannot be set both as a whole and by its halves.
    fn set(&mut self, value: Value) -> Result<(), String> {
        let pair = if value.name.starts_with("pta_2nd_") { &mut self.second } else { &mut self.first };
        let other = match value.name {
            "pta_name" => self.name.as_ref().map(|other| other.name),
            "pta_require_seal" => self.require_seal.as_ref().map(|other| other.name),
            // A pair file without a seal key may stand beside it.
            "pta_1st_seal" | "pta_2nd_seal" => {
                pair.seals.iter().map(Half::name).find(|other| *other == value.name)
            }
            "pta_1st_key" | "pta_2nd_key" => pair.key.as_ref().map(Half::name),
            "pta_1st_iv" | "pta_2nd_iv" => pair.iv.as_ref().map(Half::name),
            _ => pair.key.as_ref().or(pair.iv.as_ref()).map(Half::name),
        };
        let (name, place) = (value.name, &value.place);
        match other {
            Some(other) if other == name => {
                return Err(format!("\"{name}\" directive is duplicate in {place}"));
            }
            Some(other) => {
                return Err(format!("\"{name}\" directive cannot stand beside \"{other}\" in {place}"));
            }
            None => {}
        }
        match name {
            "pta_name" => self.name = Some(value),
            "pta_require_seal" => self.require_seal = Some(value),
            "pta_1st_seal" | "pta_2nd_seal" => pair.seals.insert(0, Half::Single(value)),
            "pta_1st_key" | "pta_2nd_key" => pair.key = Some(Half::Single(value)),
            "pta_1st_iv" | "pta_2nd_iv" => pair.iv = Some(Half::Single(value)),
            _ => {
                pair.key = Some(Half::OfPair(value.clone()));
                pair.seals.push(Half::OfPair(value.clone()));
                pair.iv = Some(Half::OfPair(value));
            }
        }
        Ok(())
    }

    /// Each directive that is not set is inherited from the level above.
    pub(super) fn or(&self, above: &Self) -> Self {
        Self {
            first: self.first.or(&above.first),
            second: self.second.or(&above.second),
            require_seal: self.require_seal.as_ref().or(above.require_seal.as_ref()).cloned(),
            name: self.name.as_ref().or(above.name.as_ref()).cloned(),
        }
    }

    /// The pairs that are complete.
    pub(super) fn keys(&self, folder: &Path) -> Result<FoundKeys, String> {
        Ok(FoundKeys {
            material: KeyMaterial {
                first: self.first.read(folder)?,
                second: self.second.read(folder)?,
                require_seal: self.require_seal.as_ref().is_some_and(Value::is_on),
            },
            name: self.name.as_ref().map(Value::argument_name).transpose()?,
            ..FoundKeys::default()
        })
    }
}

impl PairSettings {
    fn or(&self, above: &Self) -> Self {
        Self {
            key: self.key.as_ref().or(above.key.as_ref()).cloned(),
            iv: self.iv.as_ref().or(above.iv.as_ref()).cloned(),
            // As in the module: a pair without a seal key does not take over that of another pair.
            seals: if matches!(self.key, Some(Half::OfPair(_))) {
                self.seals.clone()
            } else {
                self.seals.iter().chain(&above.seals).cloned().collect()
            },
        }
    }

    fn read(&self, folder: &Path) -> Result<Option<SecretPair>, String> {
        let (Some(key), Some(iv)) = (&self.key, &self.iv) else { return Ok(None) };
        Ok(Some(SecretPair { seal: self.read_seal(folder)?, ..Self::read_pair(key, iv, folder)? }))
    }

    fn read_seal(&self, folder: &Path) -> Result<Option<SealSecret>, String> {
        for half in &self.seals {
            let seal = match half {
                Half::Single(value) => Some(value.seal(folder)?),
                Half::OfPair(value) => value.pair(folder)?.seal,
            };
            if seal.is_some() {
                return Ok(seal);
            }
        }
        Ok(None)
    }

    fn read_pair(key: &Half, iv: &Half, folder: &Path) -> Result<SecretPair, String> {
        // One directive sets the whole pair, so its file is read once.
        if let (Half::OfPair(key), Half::OfPair(iv)) = (key, iv) {
            if key.place == iv.place {
                return key.pair(folder);
            }
        }
        let key = match key {
            Half::Single(value) => value.secret(folder)?,
            Half::OfPair(value) => value.pair(folder)?.key,
        };
        let iv = match iv {
            Half::Single(value) => value.secret(folder)?,
            Half::OfPair(value) => value.pair(folder)?.iv,
        };
        Ok(SecretPair { key, iv, seal: None })
    }
}

impl Half {
    fn name(&self) -> &'static str {
        let (Self::Single(value) | Self::OfPair(value)) = self;
        value.name
    }
}

impl Value {
    fn secret(&self, folder: &Path) -> Result<Secret, String> {
        let Self { name, place, .. } = self;
        match self.file(folder) {
            Some(path) => {
                key_file::read(&path).map_err(|error| format!("{error} in \"{name}\" directive in {place}"))
            }
            None => Secret::from_hex(&self.text)
                .map_err(|error| format!("invalid value in \"{name}\" directive, it {error} in {place}")),
        }
    }

    fn seal(&self, folder: &Path) -> Result<SealSecret, String> {
        let Self { name, place, .. } = self;
        match self.file(folder) {
            Some(path) => seal_key_file::read(&path)
                .map_err(|error| format!("{error} in \"{name}\" directive in {place}")),
            None => SealSecret::from_hex(&self.text)
                .map_err(|error| format!("invalid value in \"{name}\" directive, it {error} in {place}")),
        }
    }

    /// Words like `on` are taken in either case, as in nginx.
    fn is_on(&self) -> bool {
        self.text.eq_ignore_ascii_case(b"on")
    }

    fn pair(&self, folder: &Path) -> Result<SecretPair, String> {
        let Self { name, place, .. } = self;
        match self.file(folder) {
            Some(path) => {
                pair_file::read(&path).map_err(|error| format!("{error} in \"{name}\" directive in {place}"))
            }
            None => Err(format!("invalid value in \"{name}\" directive, it must be file:path in {place}")),
        }
    }

    fn file(&self, folder: &Path) -> Option<PathBuf> {
        let path = self.text.strip_prefix(b"file:")?;
        Some(folder.join(OsStr::from_bytes(path)))
    }

    fn argument_name(&self) -> Result<String, String> {
        match String::from_utf8(self.text.clone()) {
            Ok(name) if TokenName::parse(name.as_bytes()).is_some() => Ok(name),
            _ => Err(format!("invalid value in \"pta_name\" directive in {}", self.place)),
        }
    }
}
