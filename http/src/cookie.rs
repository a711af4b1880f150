//! The token's cookies in one header line.

use core::iter;

use memchr::memchr;

/// The values of the cookies `name` in one header line.
///
/// - Blanks around name and value are dropped.
/// - One pair of double quotes around the value is dropped.
/// - A name without `=` is not a cookie.
pub fn values_in<'a>(line: &'a [u8], name: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let mut rest = Some(line);
    iter::from_fn(move || {
        loop {
            let line = rest?.trim_ascii_start();
            let (cookie, behind) = line.split_at(memchr(b';', line).unwrap_or(line.len()));
            rest = behind.get(1..);
            if let Some(value) = value_of(cookie, name) {
                return Some(value);
            }
        }
    })
}

/// The value of `cookie`, which is `name=value`, if it has that name.
#[inline]
fn value_of<'a>(cookie: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (found, rest) = cookie.split_at_checked(name.len())?;
    let value = rest.trim_ascii_start().strip_prefix(b"=")?;
    found.eq_ignore_ascii_case(name).then(|| unquoted(value.trim_ascii()))
}

/// RFC 6265 allows a value in double quotes, and some frameworks use them.
#[inline]
fn unquoted(value: &[u8]) -> &[u8] {
    match value {
        [b'"', inner @ .., b'"'] => inner,
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use std::str;

    use super::*;

    fn found(line: &str) -> Vec<&str> {
        values_in(line.as_bytes(), b"pta").map(|value| str::from_utf8(value).unwrap()).collect()
    }

    #[test]
    fn every_cookie_of_that_name_is_found_in_order() {
        assert_eq!(found("pta=1"), ["1"]);
        assert_eq!(found("a=b; pta=1; c=d; PTA=2; Pta=3"), ["1", "2", "3"]);
        assert_eq!(found("pta=1;pta=2"), ["1", "2"]);
        assert_eq!(found("pta=; pta=a=b"), ["", "a=b"]);
    }

    #[test]
    fn blanks_around_name_and_value_are_dropped() {
        assert_eq!(found("  pta =\t1 ;a=b"), ["1"]);
        assert_eq!(found("pta = 1 2 "), ["1 2"]);
    }

    #[test]
    fn one_pair_of_double_quotes_around_a_value_is_dropped() {
        assert_eq!(found(r#"pta="1"; PTA = "2" ;pta="3" "#), ["1", "2", "3"]);
        assert_eq!(
            found(r#"pta=""; pta=""1""; pta="1; pta=1"; pta="; pta='1'; pta=" 1 ""#),
            ["", r#""1""#, r#""1"#, r#"1""#, r#"""#, "'1'", " 1 "]
        );
        assert!(found(r#""pta"="1"; "pta=1""#).is_empty());
    }

    #[test]
    fn bare_and_other_names_are_skipped() {
        assert!(found("").is_empty());
        assert!(found("pta").is_empty());
        assert_eq!(found("pta; pta=1"), ["1"]);
        assert!(found("ptax=1; xpta=2; a=pta=3; pta%3D4").is_empty());
    }
}
