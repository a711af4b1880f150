//! Whether the token allows the path that a reference leads to.

use pta_http::path::{normalise_into, unescape};
use pta_token::PathPattern;

use crate::memory::{extend, grow};
use crate::stop::Stop;

/// What references are resolved against.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Base {
    /// The path as it is spelled.
    path: Vec<u8>,
    /// Whether the token allows every plain path in the folder of `path`.
    is_covered: bool,
}

impl Base {
    /// The path as it is spelled.
    pub(crate) fn path(&self) -> &[u8] {
        &self.path
    }

    /// Whether the token allows every path that does not leave the folder.
    #[inline]
    pub(crate) fn is_covered(&self) -> bool {
        self.is_covered
    }
}

/// Compares resolved paths with the pattern of the token.
pub(crate) struct Coverage<'a> {
    pattern: PathPattern<'a>,
    // Used again for each reference.
    joined: Vec<u8>,
    resolved: Vec<u8>,
    normal: Vec<u8>,
}

impl<'a> Coverage<'a> {
    pub(crate) fn new(pattern: PathPattern<'a>) -> Self {
        Self { pattern, joined: Vec::new(), resolved: Vec::new(), normal: Vec::new() }
    }

    /// The base with this path.
    pub(crate) fn base(&mut self, path: Vec<u8>) -> Result<Base, Stop> {
        if let Some(folder) = plain_folder(&path) {
            let is_covered = self.pattern.covers_folder(folder);
            return Ok(Base { path, is_covered });
        }
        let is_covered =
            self.resolve(&path, b"./")?.is_some_and(|(pattern, folder)| pattern.covers_folder(folder));
        Ok(Base { path, is_covered })
    }

    /// Whether the token allows `path`, resolved against `base`, as the check will see it.
    pub(crate) fn covers(&mut self, base: &[u8], path: &[u8]) -> Result<bool, Stop> {
        Ok(self.resolve(base, path)?.is_some_and(|(pattern, path)| pattern.matches(path)))
    }

    /// The path as nginx will normalise it. None if nginx will refuse it.
    fn resolve(&mut self, base: &[u8], path: &[u8]) -> Result<Option<(&PathPattern<'a>, &[u8])>, Stop> {
        self.joined.clear();
        join(base, path, &mut self.joined)?;
        remove_dots(&self.joined, &mut self.resolved)?;
        self.normal.clear();
        grow(&mut self.normal, self.resolved.len())?;
        let is_valid = normalise_into(&self.resolved, &mut self.normal).is_ok();
        Ok(is_valid.then_some((&self.pattern, &self.normal)))
    }
}

/// The folder of a path that is as nginx will normalise it, as most are. None for any other path.
fn plain_folder(path: &[u8]) -> Option<&[u8]> {
    let (mut slash, mut before) = (None, b'/');
    for (at, &byte) in path.iter().enumerate() {
        match byte {
            b'%' | b'\0' => return None,
            b'/' | b'.' if before == b'/' && at > 0 => return None,
            b'/' => slash = Some(at),
            _ if at == 0 => return None,
            _ => {}
        }
        before = byte;
    }
    path.get(..=slash?)
}

/// Appends `path`, seen from `base`. Dots stay.
pub(crate) fn join(base: &[u8], path: &[u8], joined: &mut Vec<u8>) -> Result<(), Stop> {
    if !path.starts_with(b"/") {
        let kept = match path {
            [] => base.len(),
            _ => base.iter().rposition(|&byte| byte == b'/').map_or(0, |at| at.saturating_add(1)),
        };
        extend(joined, base.get(..kept).unwrap_or_default())?;
    }
    extend(joined, path)?;
    if joined.is_empty() { extend(joined, b"/") } else { Ok(()) }
}

/// Resolves dot segments as clients do before they send a path. A `%` without two digits is
/// escaped, because clients send it as it is.
fn remove_dots(path: &[u8], resolved: &mut Vec<u8>) -> Result<(), Stop> {
    resolved.clear();
    let mut segments = path.strip_prefix(b"/").unwrap_or(path).split(|&byte| byte == b'/').peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match dots(segment) {
            0 => {
                extend(resolved, b"/")?;
                push_segment(segment, resolved)?;
                continue;
            }
            2 => resolved.truncate(resolved.iter().rposition(|&byte| byte == b'/').unwrap_or(0)),
            _ => {}
        }
        if is_last {
            extend(resolved, b"/")?;
        }
    }
    Ok(())
}

fn push_segment(segment: &[u8], resolved: &mut Vec<u8>) -> Result<(), Stop> {
    let mut rest = segment;
    while let Some(at) = memchr::memchr(b'%', rest) {
        let (before, escape) = rest.split_at_checked(at).unwrap_or_default();
        extend(resolved, before)?;
        extend(resolved, if unescape(escape).is_some() { b"%" } else { b"%25" })?;
        rest = escape.get(1..).unwrap_or_default();
    }
    extend(resolved, rest)
}

/// 1 for a segment `.`, 2 for `..`, also if dots are escaped. 0 for any other.
fn dots(segment: &[u8]) -> u8 {
    let (mut rest, mut count) = (segment, 0_u8);
    while !rest.is_empty() {
        rest = match rest {
            [b'.', rest @ ..] | [b'%', b'2', b'e' | b'E', rest @ ..] => rest,
            _ => return 0,
        };
        count = count.saturating_add(1);
    }
    if count > 2 { 0 } else { count }
}

/// Whether a path names a folder: it is empty, or its last segment is empty or made of dots.
pub(crate) fn is_folder(path: &[u8]) -> bool {
    let last = path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    last.is_empty() || dots(last) != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_resolved(base: &str, path: &str, expected: Option<&str>) {
        let mut coverage = Coverage::new(PathPattern::parse(b"/*").unwrap());
        let resolved =
            coverage.resolve(base.as_bytes(), path.as_bytes()).unwrap().map(|(_, path)| path.to_vec());
        assert_eq!(resolved.as_deref(), expected.map(str::as_bytes), "{base} {path}");
    }

    #[test]
    fn a_path_is_resolved_against_the_folder_of_the_base() {
        for (path, expected) in [
            ("c", "/a/c"),
            ("c/d/", "/a/c/d/"),
            ("/c", "/c"),
            ("", "/a/b"),
            (".", "/a/"),
            ("./c", "/a/c"),
            ("..", "/"),
            ("../c", "/c"),
            ("c/../d", "/a/d"),
            ("c/..", "/a/"),
            ("%2E%2e/c", "/c"),
            (".%2e", "/"),
            ("%2e/c", "/a/c"),
            ("...", "/a/..."),
            ("..c", "/a/..c"),
            ("c//d", "/a/c/d"),
            ("%63", "/a/c"),
            ("a%2Fb", "/a/a/b"),
        ] {
            assert_resolved("/a/b", path, Some(expected));
        }
    }

    #[test]
    fn a_client_never_climbs_above_the_root() {
        assert_resolved("/a/b", "../../../c", Some("/c"));
        assert_resolved("/a/b", "/../c", Some("/c"));
        assert_resolved("/", "..", Some("/"));
    }

    #[test]
    fn the_base_is_the_path_as_the_client_spelled_it() {
        assert_resolved("/a%2Fb/m", "../c", Some("/c"));
        assert_resolved("/a//b", "../c", Some("/a/c"));
        assert_resolved("//a/b", "c", Some("/a/c"));
        assert_resolved("/a/../b/m", "c", Some("/b/c"));
        assert_resolved("", "c", Some("/c"));
        assert_resolved("", "", Some("/"));
    }

    #[test]
    fn a_percent_sign_without_digits_stands_for_itself() {
        assert_resolved("/a/b", "bad%zz%4", Some("/a/bad%zz%4"));
        assert_resolved("/a/b", "%", Some("/a/%"));
        assert_resolved("/a/b", "%%41", Some("/a/%A"));
    }

    #[test]
    fn what_nginx_refuses_is_not_covered() {
        assert_resolved("/a/b", "%00", None);
        assert_resolved("/a/b", "..%2f..%2f..%2fc", None);
    }

    #[test]
    fn a_base_knows_whether_its_folder_is_covered() {
        for (pattern, path, is_covered) in [
            ("/live/*", "/live/m.m3u8", true),
            ("/live/*", "/live/ch1/m.m3u8", true),
            ("/live/*", "/li%76e//m.m3u8", true),
            ("/live/*", "/live/../m.m3u8", false),
            ("/live/*", "/m.m3u8", false),
            ("/live/*.ts", "/live/m.m3u8", false),
            ("/live/m.m3u8", "/live/m.m3u8", false),
        ] {
            let mut coverage = Coverage::new(PathPattern::parse(pattern.as_bytes()).unwrap());
            let base = coverage.base(path.as_bytes().to_vec()).unwrap();
            assert_eq!((base.is_covered(), base.path()), (is_covered, path.as_bytes()), "{pattern} {path}");
        }
    }

    #[test]
    fn the_folder_of_a_plain_path_is_what_resolving_it_gives() {
        let parts = ["", "/", "a", ".", "..", "%", "%2e", "?", "\0", "a.b"];
        let mut plain = 0;
        for number in 0..parts.len().pow(5) {
            let mut rest = number;
            let mut path = String::new();
            for _ in 0..5 {
                path += parts[rest % parts.len()];
                rest /= parts.len();
            }
            let Some(folder) = plain_folder(path.as_bytes()) else { continue };
            let mut coverage = Coverage::new(PathPattern::parse(b"/*").unwrap());
            let resolved = coverage.resolve(path.as_bytes(), b"./").unwrap().map(|(_, path)| path);
            assert_eq!(resolved, Some(folder), "{path:?}");
            plain += 1;
        }
        assert!(plain > 500, "{plain}");
        assert_eq!(plain_folder(b"/live/ch1/m.m3u8"), Some(&b"/live/ch1/"[..]));
        assert_eq!(plain_folder(b"/"), Some(&b"/"[..]));
    }

    #[test]
    fn a_folder_ends_with_a_slash_or_dots() {
        for path in ["", "/", "a/", ".", "..", "a/.", "a/..", "a/%2e", "a/.%2E"] {
            assert!(is_folder(path.as_bytes()), "{path}");
        }
        for path in ["a", "/a", "a/b", "a.", "a..", "...", "a/..."] {
            assert!(!is_folder(path.as_bytes()), "{path}");
        }
    }
}
