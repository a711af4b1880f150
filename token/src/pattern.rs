//! The path inside a token, with its one wildcard.

use core::fmt;

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
    prefix: Literal<'a>,
    /// What follows the wildcard, when there is one.
    suffix: Option<Literal<'a>>,
}

impl<'a> PathPattern<'a> {
    /// Parses the path of a token.
    ///
    /// # Errors
    ///
    /// A [`PatternError`] when no request could be meant by it.
    pub fn parse(text: &'a [u8]) -> Result<Self, PatternError> {
        if text.first() != Some(&b'/') {
            return Err(PatternError::NotAbsolute);
        }
        let (prefix, rest) = Literal::until_wildcard(text);
        let suffix = match rest {
            None => None,
            Some(rest) => match Literal::until_wildcard(rest) {
                (suffix, None) => Some(suffix),
                (_, Some(_)) => return Err(PatternError::TwoWildcards),
            },
        };
        Ok(Self { text, prefix, suffix })
    }

    /// Whether the pattern has a wildcard, that is, may match more than one path.
    #[must_use]
    pub fn is_wildcard(&self) -> bool {
        self.suffix.is_some()
    }

    /// Whether `path`, decoded and normalised, is one that the token allows. Nothing outside the bytes of the
    /// two is looked at, and prefix and suffix do not overlap.
    #[must_use]
    pub fn matches(&self, path: &[u8]) -> bool {
        match self.suffix {
            None => self.prefix.is(path),
            Some(suffix) => {
                let Some(prefix_end) = path.get(..self.prefix.len) else { return false };
                let Some(rest) = path.get(self.prefix.len..) else { return false };
                let Some(suffix_start) = rest.len().checked_sub(suffix.len) else { return false };
                self.prefix.is(prefix_end) && rest.get(suffix_start..).is_some_and(|end| suffix.is(end))
            }
        }
    }

    /// The pattern as the token spells it.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.text
    }
}

impl fmt::Debug for PathPattern<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.text.escape_ascii())
    }
}

/// A stretch of a pattern without a wildcard.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Literal<'a> {
    /// The stretch as written, `\*` included.
    text: &'a [u8],
    /// How many bytes it stands for.
    len: usize,
}

impl<'a> Literal<'a> {
    /// Splits `text` at its first wildcard; without one, there is no rest.
    fn until_wildcard(text: &'a [u8]) -> (Self, Option<&'a [u8]>) {
        let mut escapes = 0_usize;
        let mut after_backslash = false;
        for (at, &byte) in text.iter().enumerate() {
            match byte {
                b'*' if after_backslash => escapes = escapes.saturating_add(1),
                b'*' => {
                    let (head, tail) = text.split_at(at);
                    return (Self { text: head, len: at.saturating_sub(escapes) }, tail.get(1..));
                }
                _ => {}
            }
            // Of two backslashes before a star, the first is itself and the second escapes.
            after_backslash = byte == b'\\';
        }
        (Self { text, len: text.len().saturating_sub(escapes) }, None)
    }

    fn is(&self, bytes: &[u8]) -> bool {
        if self.len == self.text.len() {
            return self.text == bytes;
        }
        self.bytes().eq(bytes.iter().copied())
    }

    /// The bytes that the stretch stands for.
    fn bytes(&self) -> impl Iterator<Item = u8> {
        let following = self.text.iter().skip(1).copied().map(Some).chain([None]);
        let escaping = |&(byte, next): &(u8, Option<u8>)| !(byte == b'\\' && next == Some(b'*'));
        self.text.iter().copied().zip(following).filter(escaping).map(|(byte, _)| byte)
    }
}

#[cfg(test)]
mod tests {
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
    fn refuses_two_wildcards_and_paths_without_slash() {
        assert_eq!(PathPattern::parse(b""), Err(PatternError::NotAbsolute));
        assert_eq!(PathPattern::parse(b"*"), Err(PatternError::NotAbsolute));
        assert_eq!(PathPattern::parse(b"a/b"), Err(PatternError::NotAbsolute));
        assert_eq!(PathPattern::parse(b"/**"), Err(PatternError::TwoWildcards));
        assert_eq!(PathPattern::parse(b"/a*b*c"), Err(PatternError::TwoWildcards));
        assert_eq!(PathPattern::parse(br"/*\**"), Err(PatternError::TwoWildcards));
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
