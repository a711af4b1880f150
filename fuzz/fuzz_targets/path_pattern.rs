//! A pattern matches the same paths as the reference.
//!
//! Input: the pattern, a NUL, and a path. The target also tries paths that it makes from the
//! pattern, because random paths hardly ever match.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pta_fuzz::pattern;
use pta_token::PathPattern;

fuzz_target!(|data: &[u8]| {
    let nul = data.iter().position(|&byte| byte == 0).unwrap_or(data.len());
    let (text, path) = data.split_at(nul);
    let path = path.get(1..).unwrap_or_default();
    let elements = pattern::parse(text);
    let Ok(parsed) = PathPattern::parse(text) else {
        assert_eq!(elements, None, "refused a valid pattern");
        return;
    };
    let elements = elements.expect("accepted an invalid pattern");
    assert_eq!(parsed.as_bytes(), text);
    assert_eq!(parsed.is_wildcard(), elements.contains(&None));
    let check = |path: &[u8]| {
        // The box ends with the path, so the sanitizer reports a read beyond it.
        let path: Box<[u8]> = path.into();
        assert_eq!(parsed.matches(&path), pattern::matches(&elements, &path), "{}", path.escape_ascii());
    };
    check(path);
    check(text);
    let spelled = pattern::spelled(&elements, path);
    assert!(parsed.matches(&spelled), "{}", spelled.escape_ascii());
    // Paths in which prefix and suffix would overlap, or that have an additional byte at one end.
    let shortest = pattern::spelled(&elements, b"");
    for at in 0..shortest.len() {
        check(&[&shortest[..at], &shortest[at + 1..]].concat());
    }
    check(&[&spelled[..], b"/"].concat());
    check(&[b"/", &spelled[..]].concat());
    // Paths that differ in one bit.
    for at in 0..spelled.len().min(64) {
        let mut changed = spelled.clone();
        changed[at] ^= 1 << (at % 8);
        check(&changed);
    }
});
