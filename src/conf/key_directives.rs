//! The setters of the directives for keys and IVs.

use pta_token::{SealSecret, Secret};

use crate::conf::key_warnings::{is_published, is_published_seal};
use crate::conf::keys::KeyDirective;
use crate::conf::setting::{Directive, SetError, Setting};
use crate::conf::{key_file, pair_file};

/// `pta_1st_key`, `pta_1st_iv`, `pta_2nd_key` and `pta_2nd_iv`: 32 hexadecimal digits or
/// `file:path`.
pub(crate) struct Key;

impl Directive for Key {
    fn set(setting: &mut Setting<'_>) -> Result<(), SetError> {
        let directive = current_directive(setting)?;
        let value = setting.value();
        let secret = match value.as_bytes().strip_prefix(b"file:") {
            Some(path) => key_file::read(setting, path)?,
            // The message must not contain the value: a mistyped key is most of a valid key.
            None => Secret::from_hex(value.as_bytes()).map_err(|error| {
                let hint = hint_for_path(value.as_bytes());
                let name = directive.name();
                setting.error(format_args!("invalid value in \"{name}\" directive, it {error}{hint}"))
            })?,
        };
        let place = setting.place();
        // A published IV is no problem.
        warn_if_published(setting, directive, directive.gives_key() && is_published(&secret));
        setting.conf.key_parts_mut().set(directive, secret, place);
        warn_about_weaknesses(setting, directive);
        Ok(())
    }
}

/// `pta_1st_seal` and `pta_2nd_seal`: 64 hexadecimal digits or `file:path`.
pub(crate) struct Seal;

impl Directive for Seal {
    fn set(setting: &mut Setting<'_>) -> Result<(), SetError> {
        let directive = current_directive(setting)?;
        let value = setting.value();
        let seal = match value.as_bytes().strip_prefix(b"file:") {
            Some(path) => key_file::read_seal(setting, path)?,
            // As for keys, the message must not contain the value.
            None => SealSecret::from_hex(value.as_bytes()).map_err(|error| {
                let hint = hint_for_path(value.as_bytes());
                let name = directive.name();
                setting.error(format_args!("invalid value in \"{name}\" directive, it {error}{hint}"))
            })?,
        };
        let place = setting.place();
        warn_if_published(setting, directive, is_published_seal(&seal));
        setting.conf.key_parts_mut().set_seal(directive, seal, place);
        warn_about_weaknesses(setting, directive);
        Ok(())
    }
}

/// `pta_1st_pair` and `pta_2nd_pair`: `file:path`, for a file with key and IV, and perhaps a seal
/// key.
pub(crate) struct Pair;

impl Directive for Pair {
    fn set(setting: &mut Setting<'_>) -> Result<(), SetError> {
        let directive = current_directive(setting)?;
        // The message must not contain the value: it may be a key.
        let value = setting.value();
        let Some(path) = value.as_bytes().strip_prefix(b"file:") else {
            return Err(setting.error(format_args!(
                "invalid value in \"{}\" directive, it must be \"file:path\", a file with key and IV",
                directive.name()
            )));
        };
        let pair = pair_file::read(setting, path)?;
        if pair.seal.is_some() {
            if let Some(other) = setting.conf.key_parts().conflict_of_seal(directive) {
                return Err(incompatible(setting, directive, other));
            }
        }
        let place = setting.place();
        let is_seal_published = pair.seal.as_ref().is_some_and(is_published_seal);
        warn_if_published(setting, directive, is_published(&pair.key) || is_seal_published);
        setting.conf.key_parts_mut().set_pair(directive, pair, place);
        warn_about_weaknesses(setting, directive);
        Ok(())
    }
}

/// Warns about a published key or seal key.
fn warn_if_published(setting: &Setting<'_>, directive: KeyDirective, is_published: bool) {
    if is_published {
        let name = directive.name();
        setting.warn(format_args!(
            "published key in \"{name}\" directive, everybody can make tokens with it, use \"pta keygen\""
        ));
    }
}

fn warn_about_weaknesses(setting: &Setting<'_>, directive: KeyDirective) {
    for weakness in setting.conf.key_parts().weaknesses(directive) {
        setting.warn(format_args!("{weakness}"));
    }
}

/// Added to the message about a value that is not a key, but probably the path of a key file.
fn hint_for_path(value: &[u8]) -> &'static str {
    let is_scheme = value.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"file"));
    let looks_like_path = is_scheme || value.iter().any(|byte| b"/.~".contains(byte));
    if looks_like_path { ", use \"file:path\" for a file" } else { "" }
}

/// The directive that nginx is reading. An error if another one in the same block has already set
/// its key or IV.
fn current_directive(setting: &Setting<'_>) -> Result<KeyDirective, SetError> {
    let Some(directive) = KeyDirective::of_name(setting.name().as_bytes()) else {
        return Err(SetError::INVALID_VALUE);
    };
    match setting.conf.key_parts().conflict(directive) {
        None => Ok(directive),
        Some(other) if other == directive => Err(SetError::DUPLICATE),
        Some(other) => Err(incompatible(setting, directive, other)),
    }
}

fn incompatible(setting: &Setting<'_>, directive: KeyDirective, other: KeyDirective) -> SetError {
    setting.error(format_args!(
        "\"{}\" directive is incompatible with \"{}\"",
        directive.name(),
        other.name()
    ))
}
