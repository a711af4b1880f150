//! Literal stars in the path of a token.

use std::borrow::Cow;

/// The pattern that matches `path` and nothing else: each `*` with a backslash before it.
#[must_use]
pub fn escape(path: &[u8]) -> Cow<'_, [u8]> {
    if !path.contains(&b'*') {
        return Cow::Borrowed(path);
    }
    // Of two backslashes before a star, the first is itself: one that is there already needs nothing.
    let escaped = path.iter().flat_map(|&byte| (byte == b'*').then_some(b'\\').into_iter().chain([byte]));
    Cow::Owned(escaped.collect())
}

#[cfg(test)]
mod tests {
    use pta_token::PathPattern;

    use super::*;

    #[test]
    fn an_escaped_path_matches_itself_alone() {
        for path in ["/a", "/*", "/a*b*c", r"/a\*", r"/\\**", r"/a\b"] {
            let escaped = escape(path.as_bytes());
            let pattern = PathPattern::parse(&escaped).unwrap();
            assert!(!pattern.is_wildcard(), "{path}");
            assert!(pattern.matches(path.as_bytes()), "{path}");
        }
    }
}
