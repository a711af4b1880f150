//! A value that seals are bound to, as `pta_bind` and `pta_issue` read it.

use core::ops::ControlFlow;
use core::str;

use crate::conf::bind::{BoundValues, MOST_VALUES};
use crate::conf::setting::{SetError, Setting};
use crate::nginx::complex_value::ComplexValue;
use crate::nginx::variable;

/// Adds the value `text` of the directive being read.
pub(crate) fn add(setting: &Setting<'_>, values: &mut BoundValues, text: &[u8]) -> Result<(), SetError> {
    let name = setting.name();
    if text.is_empty() {
        return Err(setting.error(format_args!("empty value in \"{name}\" directive, it would never fit")));
    }
    if values.len() == MOST_VALUES {
        return Err(setting.error(format_args!("more than {MOST_VALUES} values in \"{name}\" directive")));
    }
    if let Some(own) = own_variable(text) {
        return Err(setting.error(format_args!(
            "the variable \"${own}\" cannot be used in \"{name}\" directive, of those of this module \
             only \"$pta_file_mtime\" can"
        )));
    }
    values.push(text, ComplexValue::compile(setting.cf(), text)?);
    Ok(())
}

/// A variable in `text` that this module defines and that cannot be bound to: it tells of a check
/// that has not happened yet, or of a token.
fn own_variable(text: &[u8]) -> Option<&'static str> {
    let visit = |name: &[u8]| match variable::own(name) {
        Some(own) if own != "pta_file_mtime" => ControlFlow::Break(own),
        _ => ControlFlow::Continue(()),
    };
    match names_of_variables(text).try_for_each(visit) {
        ControlFlow::Break(own) => Some(own),
        ControlFlow::Continue(()) => None,
    }
}

/// The names of the variables in a string, as nginx parses it: `$name` and `${name}`.
fn names_of_variables(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&byte| byte == b'$').skip(1).map(|rest| {
        let rest = rest.strip_prefix(b"{").unwrap_or(rest);
        let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let len = rest.iter().position(|byte| !is_of_name(byte)).unwrap_or(rest.len());
        rest.get(..len).unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_as_nginx_parses_them() {
        let names = |text: &'static str| {
            names_of_variables(text.as_bytes()).map(|name| str::from_utf8(name).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(names("a"), [""; 0]);
        assert_eq!(names("$a"), ["a"]);
        assert_eq!(names("x$a_1.$B-${c}d$1"), ["a_1", "B", "c", "1"]);
        assert_eq!(names("$a$b"), ["a", "b"]);
        assert_eq!(names("${a"), ["a"]);
    }
}
