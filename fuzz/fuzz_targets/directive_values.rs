//! Values of directives are taken and refused as README says, and mean what it says.
//!
//! Input: words, parted by blanks; each is tried as every value, and all together as one list of parameters.
#![no_main]

#[path = "../../src/values.rs"]
#[allow(dead_code)]
mod values;

use libfuzzer_sys::fuzz_target;
use pta_token::PathPattern;

use crate::values::{Problem, Statuses};

fuzz_target!(|data: &[u8]| {
    let words: Vec<&[u8]> = data.split(|&byte| byte == b' ').collect();
    check_statuses(&words);
    for word in words {
        check_statuses(&[word]);
        check_name(word);
        check_wildcard(word);
    }
});

/// Each parameter on its own, by looking for the one spelling that it may have.
fn check_statuses(parameters: &[&[u8]]) {
    let code_of = |verdict: &str, parameter: &[u8]| {
        let text = parameter.strip_prefix(verdict.as_bytes())?;
        // Leading zeros are digits as well.
        let (zeros, digits) = text.split_at_checked(text.len().checked_sub(3)?)?;
        (400..=599_u16)
            .find(|code| zeros.iter().all(|&zero| zero == b'0') && code.to_string().as_bytes() == digits)
    };
    let verdicts = ["missing=", "malformed=", "undecryptable=", "expired=", "path_mismatch="];
    let mut expected = [400, 400, 403, 410, 403].map(Some);
    if let [alone] = parameters
        && let Some(code) = code_of("", alone)
    {
        expected = [Some(code); 5];
    } else {
        let mut set = [false; 5];
        for parameter in parameters {
            let found = (0..5).find_map(|at| Some((at, code_of(verdicts[at], parameter)?)));
            match found {
                Some((at, code)) if !set[at] => {
                    set[at] = true;
                    expected[at] = Some(code);
                }
                _ => {
                    expected = [None; 5];
                    break;
                }
            }
        }
    }
    match values::statuses(parameters) {
        Ok(Statuses { missing, malformed, undecryptable, expired, path_mismatch }) => {
            assert_eq!([missing, malformed, undecryptable, expired, path_mismatch].map(Some), expected);
        }
        Err(error) => {
            assert_eq!(expected, [None; 5]);
            assert!(error.at < parameters.len());
            if error.problem == Problem::Duplicate {
                assert!(error.at > 0);
            }
        }
    }
}

/// A name stands for itself in a query and in a cookie.
fn check_name(word: &[u8]) {
    let special =
        |byte: &u8| !matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~');
    assert_eq!(values::is_name(word), !word.is_empty() && !word.iter().any(special));
}

/// The parts, their stars escaped again, are a pattern with the wildcard where it stood; others have two of them.
fn check_wildcard(word: &[u8]) {
    let path = [b"/", word].concat();
    let parsed = PathPattern::parse(&path);
    match values::split_at_wildcard(&path) {
        None => assert!(parsed.is_err()),
        Some((prefix, suffix)) => {
            let parsed = parsed.expect("it has at most one wildcard");
            assert_eq!(parsed.is_wildcard(), suffix.is_some());
            let middle = b"a/b*c\\";
            let meant = [
                &prefix[..],
                suffix.as_deref().map_or(&[], |_| middle),
                suffix.as_deref().unwrap_or_default(),
            ];
            assert!(parsed.matches(&meant.concat()));
            let exact = values::escape_stars(&prefix);
            assert!(
                PathPattern::parse(&exact).is_ok_and(|exact| exact.matches(&prefix) && !exact.is_wildcard())
            );
        }
    }
}
