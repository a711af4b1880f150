//! The path inside a token, with its one wildcard.

use alloc::borrow::Cow;
use core::fmt;
use core::num::NonZeroUsize;

use memchr::memchr;

/// Why the bytes of a token are no path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternError {
    /// The path does not begin with `/` (an empty one does not either).
    NotAbsolute,
    /// There are two unescaped `*`.
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

/// A path that a token allows: one unescaped `*` matches zero or more bytes, `/` included; `\*` is a literal
/// star; a backslash before anything else is itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PathPattern<'a> {
    text: &'a [u8],
    /// Where the wildcard stands, if there is one. A slash always stands before it.
    wildcard: Option<NonZeroUsize>,
    /// Whether there is a `\*`, so that the text is not what it stands for.
    has_escapes: bool,
}

impl<'a> PathPattern<'a> {
    /// Parses the path of a token.
    ///
    /// # Errors
    ///
    /// A [`PatternError`] when no request could be meant by it.
    #[inline]
    pub fn parse(text: &'a [u8]) -> Result<Self, PatternError> {
        if text.first() != Some(&b'/') {
            return Err(PatternError::NotAbsolute);
        }
        let mut pattern = Self { text, wildcard: None, has_escapes: false };
        let mut from = 0_usize;
        // As a rule the star is the last byte, and nothing behind it needs a look.
        while let Some(rest) = text.get(from..).filter(|rest| !rest.is_empty())
            && let Some(found) = memchr(b'*', rest)
        {
            let at = from.saturating_add(found);
            // Of two backslashes before a star, the first is itself and the second escapes.
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

    /// Whether the pattern has a wildcard, that is, may match more than one path.
    #[must_use]
    pub fn is_wildcard(&self) -> bool {
        self.wildcard.is_some()
    }

    /// Whether `path`, decoded and normalised, is one that the token allows. Nothing outside the bytes of the
    /// two is looked at, and prefix and suffix do not overlap.
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

    /// The same for a pattern with escapes, each stretch read byte by byte.
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

    /// Whether the token allows all that is or will be in `folder`: the pattern ends in its wildcard,
    /// and the text before that is a beginning of the folder's path.
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

    /// What stands before the wildcard, and what behind it.
    #[inline]
    fn split(&self) -> (&'a [u8], Option<&'a [u8]>) {
        match self.wildcard.and_then(|at| self.text.split_at_checked(at.get())) {
            None => (self.text, None),
            Some((prefix, rest)) => (prefix, rest.get(1..)),
        }
    }

    /// The pattern as the token spells it.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.text
    }
}

/// The pattern that matches `path` and nothing else: each `*` has a backslash before it.
#[must_use]
pub fn escape_stars(path: &[u8]) -> Cow<'_, [u8]> {
    if memchr(b'*', path).is_none() {
        return Cow::Borrowed(path);
    }
    let escape = |byte: u8| (byte == b'*').then_some(b'\\');
    // Of two backslashes before a star, the first is itself: one in the path stays as it is.
    Cow::Owned(path.iter().flat_map(|&byte| escape(byte).into_iter().chain([byte])).collect())
}

/// The bytes that a stretch without wildcard stands for.
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
    fn a_backslash_before_anything_else_is_itself() {
        assert_matches(r"/a\b", &[r"/a\b"], &["/ab"]);
        assert_matches(r"/a\", &[r"/a\"], &["/a"]);
        // The star belongs to the backslash right before it.
        assert_matches(r"/a\\*", &[r"/a\*"], &[r"/a\", r"/a\b", r"/a\\*"]);
    }

    #[test]
    fn a_folder_is_covered_by_a_wildcard_at_the_end_of_a_beginning_of_its_path() {
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
    fn any_byte_may_stand_in_a_path() {
        for byte in 1..=255_u8 {
            if byte == b'*' {
                continue;
            }
            let path = [b'/', byte, b'x'];
            assert!(PathPattern::parse(&path).unwrap().matches(&path), "{byte:#04x}");
        }
    }
}
