//! The setter of `pta_issue`.

use core::num::NonZeroU32;
use std::rc::Rc;

use nginx_sys::ngx_str_t;

use crate::conf::bound_value;
use crate::conf::issue::{IssueConf, IssuedSeal, TokenConf};
use crate::conf::setting::{Directive, SetError, Setting, set_once};
use crate::nginx::complex_value::ComplexValue;
use crate::nginx::text::parse_seconds;

/// `pta_issue path lifetime [step=time] [bind=string]... [once] | off`
pub(crate) struct Issue;

impl Directive for Issue {
    fn set(setting: &mut Setting<'_>) -> Result<(), SetError> {
        let mut values = setting.values();
        let (first, lifetime) = (values.next().unwrap_or_default(), values.next());
        let conf = match lifetime {
            None if is_off(first) => IssueConf::Off,
            None => {
                let expected = "\"off\", or a path and a lifetime";
                return Err(setting.invalid(first, format_args!("{expected}")));
            }
            Some(lifetime) if is_off(first) => {
                return Err(setting.error(format_args!(
                    "invalid parameter \"{lifetime}\" in \"pta_issue\" directive, \"off\" takes no lifetime"
                )));
            }
            Some(lifetime) => IssueConf::Token(token_conf(setting, first, lifetime, values)?),
        };
        set_once(setting.conf.issue_mut(), Rc::new(conf))
    }
}

fn is_off(value: ngx_str_t) -> bool {
    value.as_bytes().eq_ignore_ascii_case(b"off")
}

fn token_conf(
    setting: &Setting<'_>,
    path: ngx_str_t,
    lifetime: ngx_str_t,
    parameters: impl Iterator<Item = ngx_str_t>,
) -> Result<TokenConf, SetError> {
    let refuse = |reason| {
        Err(setting.error(format_args!("invalid path \"{path}\" in \"pta_issue\" directive, {reason}")))
    };
    let Some((prefix, suffix)) = split_at_wildcard(path.as_bytes()) else {
        return refuse("it has more than one wildcard \"*\"");
    };
    // A path may begin with a variable, whose value is not known yet.
    if !matches!(path.as_bytes().first(), Some(b'/' | b'$')) {
        return refuse("it must begin with \"/\"");
    }
    let lifetime = match parse_seconds(lifetime.as_bytes()) {
        Some(seconds) if seconds > 0 => seconds,
        _ => {
            return Err(setting.error(format_args!(
                "invalid lifetime \"{lifetime}\" in \"pta_issue\" directive, it must be a time from 1s to 136y"
            )));
        }
    };
    let (step, seal) = read_parameters(setting, parameters, lifetime)?;
    let prefix = ComplexValue::compile(setting.cf(), &prefix)?;
    let suffix = suffix.map(|suffix| ComplexValue::compile(setting.cf(), &suffix)).transpose()?;
    Ok(TokenConf::new(prefix, suffix, lifetime, step, seal, setting.place()))
}

/// Reads `step=time`, `bind=string` and `once`.
fn read_parameters(
    setting: &Setting<'_>,
    parameters: impl Iterator<Item = ngx_str_t>,
    lifetime: u32,
) -> Result<(Option<NonZeroU32>, IssuedSeal), SetError> {
    let duplicate = |parameter| {
        setting.error(format_args!("duplicate parameter \"{parameter}\" in \"pta_issue\" directive"))
    };
    let (mut step, mut seal) = (None, IssuedSeal::default());
    for parameter in parameters {
        if let Some(value) = text_after(parameter, b"bind=") {
            bound_value::add(setting, &mut seal.values, value.as_bytes())?;
            continue;
        }
        if parameter.as_bytes().eq_ignore_ascii_case(b"once") {
            if seal.once {
                return Err(duplicate(parameter));
            }
            seal.once = true;
            continue;
        }
        let Some(time) = text_after(parameter, b"step=") else {
            return Err(setting.error(format_args!(
                "invalid parameter \"{parameter}\" in \"pta_issue\" directive, \
                 it must be \"step=time\", \"bind=string\" or \"once\""
            )));
        };
        let seconds = parse_seconds(time.as_bytes()).filter(|&seconds| seconds <= lifetime);
        let Some(seconds) = seconds.and_then(NonZeroU32::new) else {
            return Err(setting.error(format_args!(
                "invalid step \"{time}\" in \"pta_issue\" directive, \
                 it must be a time from 1s to the lifetime"
            )));
        };
        if step.replace(seconds).is_some() {
            return Err(duplicate(parameter));
        }
    }
    if seal.once && step.is_some() {
        // With a step, tokens are to be equal.
        return Err(
            setting.error(format_args!("\"once\" and \"step\" are incompatible in \"pta_issue\" directive"))
        );
    }
    Ok((step, seal))
}

/// The text after `name`, such as `step=`.
fn text_after(parameter: ngx_str_t, name: &[u8]) -> Option<ngx_str_t> {
    let (word, rest) = parameter.as_bytes().split_at_checked(name.len())?;
    let text = ngx_str_t { len: rest.len(), data: rest.as_ptr().cast_mut() };
    word.eq_ignore_ascii_case(name).then_some(text)
}

/// Splits the path of the directive at its `*`. `None` if there is more than one. `\*` is a literal
/// star. Only a star in the directive is a wildcard. A star in the value of a variable is not,
/// because a client may have sent it.
fn split_at_wildcard(path: &[u8]) -> Option<(Vec<u8>, Option<Vec<u8>>)> {
    let (mut prefix, mut suffix) = (Vec::new(), None);
    let mut bytes = path.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte == b'*' {
            if suffix.is_some() {
                return None;
            }
            suffix = Some(Vec::new());
            continue;
        }
        let escapes = byte == b'\\' && bytes.peek() == Some(&b'*');
        let literal = if escapes { bytes.next().unwrap_or(byte) } else { byte };
        suffix.as_mut().unwrap_or(&mut prefix).push(literal);
    }
    Some((prefix, suffix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(path: &str) -> Option<(String, Option<String>)> {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        split_at_wildcard(path.as_bytes()).map(|(prefix, suffix)| (text(prefix), suffix.map(text)))
    }

    #[test]
    fn the_path_is_split_at_its_only_star() {
        let parts = |prefix: &str, suffix: Option<&str>| Some((prefix.to_owned(), suffix.map(str::to_owned)));
        assert_eq!(split("/a/b"), parts("/a/b", None));
        assert_eq!(split("/a/*.ts"), parts("/a/", Some(".ts")));
        assert_eq!(split("/*"), parts("/", Some("")));
        assert_eq!(split(r"/a\*/*"), parts("/a*/", Some("")));
        assert_eq!(split(r"/*/\*"), parts("/", Some("/*")));
        assert_eq!(split(r"/a\b"), parts(r"/a\b", None));
        assert_eq!(split("/*/*"), None);
    }
}
