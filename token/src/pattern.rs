//! The path inside a token, with its one wildcard.

use alloc::borrow::Cow;
use core::fmt;
use core::num::NonZeroUsize;

use memchr::memchr;

/// Why the bytes of a token are not a valid pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternError {
    /// The path is empty, or does not begin with `/`.
    NotAbsolute,
    /// There is more than one unescaped `*`.
    TwoWildcards,
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAbsolute => "path must begin with \"/\"",
            Self::TwoWildcards => "path may have one \"*\" only (write \"\\*\" for a literal one)",
        })
    }
}

impl core::error::Error for PatternError {}

/// The pattern of the paths that a token allows:
///
/// - One unescaped `*` matches zero or more bytes, `/` included.
/// - `\*` is a literal star.
/// - A backslash before any other byte is literal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PathPattern<'a> {
    text: &'a [u8],
    /// The position of the wildcard, if there is one. It is never the first byte.
    wildcard: Option<NonZeroUsize>,
    /// Whether the text contains `\*`, so that it must be unescaped.
    has_escapes: bool,
}

impl<'a> PathPattern<'a> {
    /// Parses the path of a token.
    ///
    /// # Errors
    ///
    /// A [`PatternError`] if `text` is not a valid pattern.
    #[inline]
    pub fn parse(text: &'a [u8]) -> Result<Self, PatternError> {
        if text.first() != Some(&b'/') {
            return Err(PatternError::NotAbsolute);
        }
        let mut pattern = Self { text, wildcard: None, has_escapes: false };
        let mut from = 0_usize;
        // Usually the star is the last byte, and nothing is left to search.
        while let Some(found) =
            text.get(from..).filter(|rest| !rest.is_empty()).and_then(|rest| memchr(b'*', rest))
        {
            let at = from.saturating_add(found);
            // Of two backslashes before a star, the first is literal and the second escapes the
            // star.
            let is_escaped = at.checked_sub(1).and_then(|before| text.get(before)) == Some(&b'\\');
            if is_escaped {
                pattern.has_escapes = true;
            } else if pattern.wildcard.is_some() {
                return Err(PatternError::TwoWildcards);
            } else {
                pattern.wildcard = NonZeroUsize::new(at);
            }
            from = at.saturating_add(1);
        }
        Ok(pattern)
    }

    /// Whether the pattern has a wildcard. Without one, it matches a single path.
    #[must_use]
    pub fn is_wildcard(&self) -> bool {
        self.wildcard.is_some()
    }

    /// Whether nginx can redirect to the path (`pta_accel_redirect`). It must not have:
    /// - a wildcard,
    /// - a NUL,
    /// - the segments `.` and `..`.
    #[must_use]
    pub fn is_redirect_target(&self) -> bool {
        !self.is_wildcard()
            && !self.text.contains(&0)
            && !self.text.split(|&byte| byte == b'/').any(|segment| segment == b"." || segment == b"..")
    }

    /// The text before the wildcard, with its escapes. None without a wildcard.
    #[must_use]
    pub fn prefix(&self) -> Option<&'a [u8]> {
        let (prefix, suffix) = self.split();
        suffix.map(|_| prefix)
    }

    /// Whether the token allows `path`, which must be decoded and normalised. The parts of the path
    /// that match the prefix and the suffix of the pattern do not overlap.
    #[must_use]
    #[inline]
    pub fn matches(&self, path: &[u8]) -> bool {
        if self.has_escapes {
            return self.matches_escaped(path);
        }
        match self.split() {
            (exact, None) => path == exact,
            (prefix, Some(suffix)) => path.strip_prefix(prefix).is_some_and(|rest| rest.ends_with(suffix)),
        }
    }

    /// Like [`Self::matches`], for a pattern with escapes. Compares byte by byte.
    #[cold]
    fn matches_escaped(&self, path: &[u8]) -> bool {
        match self.split() {
            (exact, None) => unescaped(exact).eq(path.iter().copied()),
            (prefix, Some(suffix)) => {
                let Some(behind_prefix) = path.len().checked_sub(unescaped(prefix).count()) else {
                    return false;
                };
                let Some(middle) = behind_prefix.checked_sub(unescaped(suffix).count()) else { return false };
                let start = path.len().saturating_sub(behind_prefix);
                let (head, tail) = (path.iter().copied(), path.iter().copied());
                unescaped(prefix).eq(head.take(start))
                    && unescaped(suffix).eq(tail.skip(start.saturating_add(middle)))
            }
        }
    }

    /// Whether the token allows every possible path in `folder`: the pattern ends with its
    /// wildcard, and the folder's path begins with the text before that.
    #[must_use]
    pub fn covers_folder(&self, folder: &[u8]) -> bool {
        match self.split() {
            (prefix, Some([])) if self.has_escapes => {
                let len = unescaped(prefix).count();
                folder.get(..len).is_some_and(|head| unescaped(prefix).eq(head.iter().copied()))
            }
            (prefix, Some([])) => folder.starts_with(prefix),
            _ => false,
        }
    }

    /// The parts before and after the wildcard.
    #[inline]
    fn split(&self) -> (&'a [u8], Option<&'a [u8]>) {
        match self.wildcard.and_then(|at| self.text.split_at_checked(at.get())) {
            None => (self.text, None),
            Some((prefix, rest)) => (prefix, rest.get(1..)),
        }
    }

    /// The pattern as it is in the token.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.text
    }
}

/// The pattern that matches `path` and nothing else: a backslash is put before each `*`.
#[must_use]
pub fn escape_stars(path: &[u8]) -> Cow<'_, [u8]> {
    if memchr(b'*', path).is_none() {
        return Cow::Borrowed(path);
    }
    let escape = |byte: u8| (byte == b'*').then_some(b'\\');
    // A backslash before the new one is literal, so backslashes in the path need no escape.
    Cow::Owned(path.iter().flat_map(|&byte| escape(byte).into_iter().chain([byte])).collect())
}

/// The bytes that a text without wildcard matches.
fn unescaped(text: &[u8]) -> impl Iterator<Item = u8> {
    let following = text.iter().skip(1).copied().map(Some).chain([None]);
    let escaping = |&(byte, next): &(u8, Option<u8>)| !(byte == b'\\' && next == Some(b'*'));
    text.iter().copied().zip(following).filter(escaping).map(|(byte, _)| byte)
}

impl fmt::Debug for PathPattern<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.text.escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[track_caller]
    fn assert_matches(pattern: &str, matching: &[&str], others: &[&str]) {
        let parsed = PathPattern::parse(pattern.as_bytes()).unwrap();
        for path in matching {
            assert!(parsed.matches(path.as_bytes()), "{pattern} must match {path}");
        }
        for path in others {
            assert!(!parsed.matches(path.as_bytes()), "{pattern} must not match {path}");
        }
    }

    #[test]
    fn nginx_redirects_to_plain_paths_only() {
        for (text, expected) in [
            ("/", true),
            ("/a/b.c", true),
            ("/a/..b/.c/d.", true),
            ("/\\*", true),
            ("/*", false),
            ("/a/*/b", false),
            ("/a\0", false),
            ("/./a", false),
            ("/a/..", false),
            ("/../a", false),
        ] {
            assert_eq!(PathPattern::parse(text.as_bytes()).unwrap().is_redirect_target(), expected, "{text}");
        }
    }

    #[test]
    fn without_a_wildcard_matches_that_path_only() {
        assert_matches("/a/b", &["/a/b"], &["/a/", "/a/b/", "/a/bc", "/A/b", "", "/a\0b"]);
        assert_matches("/foo/café", &["/foo/café"], &["/foo/caf%C3%A9", "/foo/cafe"]);
    }

    #[test]
    fn a_wildcard_matches_zero_or_more_bytes_across_slashes() {
        assert_matches(
            "/a/*.ts",
            &["/a/.ts", "/a/b.ts", "/a/b/c.ts", "/a/.ts.ts"],
            &["/a/b.tsx", "/a.ts", "/b"],
        );
        assert_matches("/*", &["/", "/a", "/a/b"], &["", "a"]);
        assert_matches("/a*", &["/a", "/ab"], &["/", "/b"]);
    }

    #[test]
    fn prefix_and_suffix_do_not_overlap() {
        assert_matches("/a*a", &["/aa", "/aba", "/aaa"], &["/a", "/ab"]);
        assert_matches("/ab*bc", &["/abbc", "/abXbc"], &["/abc"]);
    }

    #[test]
    fn an_escaped_star_is_literal_before_and_after_the_wildcard() {
        assert_matches(r"/a\*b", &["/a*b"], &["/ab", "/aXb", r"/a\*b"]);
        assert_matches(r"/a\*/*", &["/a*/", "/a*/b"], &["/ab/c"]);
        assert_matches(r"/*/\*", &["/a/*", "//*"], &["/a/b", r"/a/\*"]);
        assert_matches(r"/\**\*", &["/**", "/*a*"], &["/*", "/a*"]);
    }

    #[test]
    fn a_backslash_before_any_other_byte_is_literal() {
        assert_matches(r"/a\b", &[r"/a\b"], &["/ab"]);
        assert_matches(r"/a\", &[r"/a\"], &["/a"]);
        // The star belongs to the backslash right before it.
        assert_matches(r"/a\\*", &[r"/a\*"], &[r"/a\", r"/a\b", r"/a\\*"]);
    }

    #[test]
    fn a_prefix_of_a_folder_with_a_wildcard_at_its_end_covers_the_folder() {
        for (pattern, covered, others) in [
            ("/tree/*", &["/tree/", "/tree/a/"][..], &["/tree", "/tre/", "/trees/", "/"][..]),
            ("/tree*", &["/tree/", "/trees/", "/tree/a/", "/tree"], &["/tre/", "/"]),
            ("/*", &["/", "/tree/"], &[""]),
            ("/tree/", &[], &["/tree/", "/tree/a/"]),
            ("/tree/a*", &["/tree/a/", "/tree/ab/"], &["/tree/"]),
            ("/tree/*/", &[], &["/tree/", "/tree/a/"]),
            ("/tree/*.txt", &[], &["/tree/", "/tree/a.txt"]),
            (r"/a\*/*", &["/a*/", "/a*/b/"], &["/a/", "/ab/", r"/a\*/", "/a*", "/a"]),
            (r"/a\*", &[], &["/a*", "/a*/", "/a/"]),
            (r"/a*\*", &[], &["/a*", "/a/"]),
            (r"/a\b*", &[r"/a\b/"], &["/ab/"]),
        ] {
            let parsed = PathPattern::parse(pattern.as_bytes()).unwrap();
            for folder in covered {
                assert!(parsed.covers_folder(folder.as_bytes()), "{pattern} must cover {folder}");
            }
            for folder in others {
                assert!(!parsed.covers_folder(folder.as_bytes()), "{pattern} must not cover {folder}");
            }
        }
    }

    #[test]
    fn refuses_two_wildcards_and_paths_without_slash() {
        assert_eq!(PathPattern::parse(b""), Err(PatternError::NotAbsolute));
        assert_eq!(PathPattern::parse(b"*"), Err(PatternError::NotAbsolute));
        assert_eq!(PathPattern::parse(b"a/b"), Err(PatternError::NotAbsolute));
        assert_eq!(PathPattern::parse(b"/**"), Err(PatternError::TwoWildcards));
        assert_eq!(PathPattern::parse(b"/a*b*c"), Err(PatternError::TwoWildcards));
        assert_eq!(PathPattern::parse(br"/*\**"), Err(PatternError::TwoWildcards));
    }

    #[test]
    fn an_escaped_path_matches_itself_alone() {
        assert_eq!(*escape_stars(b"/a*b*"), *br"/a\*b\*");
        assert_eq!(*escape_stars(br"/a\*"), *br"/a\\*");
        for path in ["/a", "/*", "/a*b*c", r"/a\*", r"/\\**", r"/a\b"] {
            let escaped = escape_stars(path.as_bytes());
            let pattern = PathPattern::parse(&escaped).unwrap();
            assert!(!pattern.is_wildcard(), "{path}");
            assert!(pattern.matches(path.as_bytes()), "{path}");
        }
    }

    #[test]
    fn errors_say_what_a_path_must_be() {
        assert_eq!(format!("{}", PatternError::NotAbsolute), "path must begin with \"/\"");
        let text = "path may have one \"*\" only (write \"\\*\" for a literal one)";
        assert_eq!(format!("{}", PatternError::TwoWildcards), text);
    }

    #[test]
    fn only_an_unescaped_star_is_a_wildcard() {
        for (text, expected) in
            [("/", false), ("/a", false), (r"/a\*", false), ("/*", true), (r"/\**a", true)]
        {
            assert_eq!(PathPattern::parse(text.as_bytes()).unwrap().is_wildcard(), expected, "{text}");
        }
    }

    #[test]
    fn debug_output_has_the_bytes_escaped() {
        let pattern = PathPattern::parse(b"/a\n\xff*").unwrap();
        assert_eq!(format!("{pattern:?}"), r#""/a\n\xff*""#);
    }

    #[test]
    fn a_path_may_contain_any_byte() {
        for byte in 1..=255_u8 {
            if byte == b'*' {
                continue;
            }
            let path = [b'/', byte, b'x'];
            assert!(PathPattern::parse(&path).unwrap().matches(&path), "{byte:#04x}");
        }
    }
}
