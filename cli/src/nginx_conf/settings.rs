//! The pta directives of one level, and how they are inherited.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use pta_token::Secret;

use super::block::{Directive, Place};
use crate::key_file;
use crate::keys::{Keys, Pair};
use crate::name::is_name;

/// A value as it stands in the file: read only when it is wanted, as the others' files may be out of reach.
#[derive(Clone, Debug)]
struct Value {
    text: Vec<u8>,
    place: Place,
}

const NAMES: [&str; 5] = ["pta_1st_key", "pta_1st_iv", "pta_2nd_key", "pta_2nd_iv", "pta_name"];

#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    values: [Option<Value>; NAMES.len()],
}

impl Settings {
    /// The settings of a block.
    pub(super) fn of(directives: &[Directive]) -> Result<Self, String> {
        let mut settings = Self::default();
        for directive in directives {
            let slots = NAMES.iter().zip(&mut settings.values);
            let Some((name, slot)) = slots.into_iter().find(|(name, _)| name.as_bytes() == directive.name)
            else {
                continue;
            };
            let place = &directive.place;
            let [text] = directive.values.as_slice() else {
                return Err(format!("invalid number of arguments in \"{name}\" directive in {place}"));
            };
            if slot.is_some() {
                return Err(format!("\"{name}\" directive is duplicate in {place}"));
            }
            *slot = Some(Value { text: text.clone(), place: place.clone() });
        }
        Ok(settings)
    }

    /// Each directive on its own comes from the level above where it is not set.
    pub(super) fn or(&self, above: &Self) -> Self {
        let mut merged = self.clone();
        for (value, above) in merged.values.iter_mut().zip(&above.values) {
            if value.is_none() {
                value.clone_from(above);
            }
        }
        merged
    }

    /// The pairs that are complete.
    pub(super) fn keys(&self, folder: &Path) -> Result<Keys, String> {
        let [first_key, first_iv, second_key, second_iv, name] = &self.values;
        let [first_key_name, first_iv_name, second_key_name, second_iv_name, _] = NAMES;
        let pair = |key: &Option<Value>, key_name, iv: &Option<Value>, iv_name| match (key, iv) {
            (Some(key), Some(iv)) => {
                Ok(Some(Pair { key: key.secret(key_name, folder)?, iv: iv.secret(iv_name, folder)? }))
            }
            _ => Ok::<_, String>(None),
        };
        Ok(Keys {
            first: pair(first_key, first_key_name, first_iv, first_iv_name)?,
            second: pair(second_key, second_key_name, second_iv, second_iv_name)?,
            name: name.as_ref().map(Value::name).transpose()?,
        })
    }
}

impl Value {
    fn secret(&self, name: &str, folder: &Path) -> Result<Secret, String> {
        let place = &self.place;
        match self.text.strip_prefix(b"file:") {
            Some(path) => key_file::read(&folder.join(OsStr::from_bytes(path)))
                .map_err(|error| format!("{error} in \"{name}\" directive in {place}")),
            None => Secret::from_hex(&self.text)
                .map_err(|error| format!("invalid value in \"{name}\" directive, it {error} in {place}")),
        }
    }

    fn name(&self) -> Result<String, String> {
        match String::from_utf8(self.text.clone()) {
            Ok(name) if is_name(name.as_bytes()) => Ok(name),
            _ => Err(format!("invalid value in \"pta_name\" directive in {}", self.place)),
        }
    }
}
