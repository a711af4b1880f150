//! The `Destination` header: the path in it, and how the file system reads that path.

use memchr::{memchr, memmem};

use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::nginx::unsafe_uri;

/// A decoded path.
#[derive(Clone, Copy)]
pub(crate) struct Path<'r> {
    pub(crate) text: &'r [u8],
    /// As the file system reads it: without empty and `.` segments.
    pub(crate) resolved: &'r [u8],
}

impl<'r> Path<'r> {
    pub(crate) fn of(request: Request<'r>, text: &'r [u8]) -> Result<Self, OutOfMemory> {
        let resolved =
            if needs_resolving(text) { resolve(text, request.allocate_bytes(text.len())?) } else { text };
        Ok(Self { text, resolved })
    }

    /// Whether this is the folder, or something in it.
    pub(crate) fn is_in(&self, folder: &Self) -> bool {
        let folder = folder.resolved.strip_suffix(b"/").unwrap_or(folder.resolved);
        let rest = self.resolved.strip_prefix(folder);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
    }
}

/// The destination of the request.
pub(crate) enum Destination<'r> {
    /// There is no `Destination` header. nginx's dav module answers 400.
    Missing,
    /// nginx's dav module refuses the header, or other servers read it differently.
    Invalid,
    Path(Path<'r>),
}

impl<'r> Destination<'r> {
    pub(crate) fn of(request: Request<'r>) -> Result<Self, OutOfMemory> {
        let mut values = request.header_values(b"destination");
        let Some(value) = values.next() else { return Ok(Self::Missing) };
        // nginx takes the first of several lines. Another server may take the last one.
        if values.next().is_some() {
            return Ok(Self::Invalid);
        }
        let is_collection = request.uri().ends_with(b"/");
        // nginx compares the end of the whole value, even if it contains a `?`.
        if value.ends_with(b"/") != is_collection {
            return Ok(Self::Invalid);
        }
        let Some(path) = encoded_path(value, request.server_name(), request.is_encrypted()) else {
            return Ok(Self::Invalid);
        };
        // As nginx's dav module decodes it.
        match unsafe_uri::path(request, path)? {
            Some(path) => Path::of(request, path).map(Self::Path),
            None => Ok(Self::Invalid),
        }
    }
}

/// The part of a `Destination` header that is its path and query, as nginx's dav module finds it.
///
/// nginx accepts some values that another server may read differently. They are refused here:
///
/// - `//host/path`
/// - `http://hostile` and `http://host@elsewhere`, if the server's name is `host`
/// - values with a `#`
fn encoded_path<'r>(value: &'r [u8], server: &[u8], is_encrypted: bool) -> Option<&'r [u8]> {
    if memchr(b'#', value).is_some() || value.starts_with(b"//") {
        return None;
    }
    if value.starts_with(b"/") {
        return Some(value);
    }
    let scheme: &[u8] = if is_encrypted { b"https://" } else { b"http://" };
    if server.is_empty() {
        return None;
    }
    let rest = value.strip_prefix(scheme)?.strip_prefix(server)?;
    let (port, path) = rest.split_at_checked(memchr(b'/', rest)?)?;
    let is_port = match port {
        [] => true,
        [b':', digits @ ..] => digits.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    is_port.then_some(path)
}

fn needs_resolving(path: &[u8]) -> bool {
    memmem::find(path, b"//").is_some() || memmem::find(path, b"/./").is_some() || path.ends_with(b"/.")
}

/// Writes the path without empty and `.` segments to `memory`, which is as long as the path.
fn resolve<'r>(path: &[u8], memory: &'r mut [u8]) -> &'r [u8] {
    let mut len = 0_usize;
    let mut push = |byte: u8| {
        if let Some(slot) = memory.get_mut(len) {
            *slot = byte;
            len = len.saturating_add(1);
        }
    };
    for segment in path.split(|&byte| byte == b'/').filter(|segment| !matches!(*segment, b"" | b".")) {
        push(b'/');
        segment.iter().copied().for_each(&mut push);
    }
    if path.ends_with(b"/") || path.ends_with(b"/.") {
        push(b'/');
    }
    memory.get(..len).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_in_a_destination_is_the_one_that_nginx_finds() {
        for (value, path) in [
            ("/a/b", Some("/a/b")),
            ("/a/b?c", Some("/a/b?c")),
            ("http://example.org/a", Some("/a")),
            ("http://example.org:8080/a/", Some("/a/")),
            ("http://example.org:/a", Some("/a")),
            ("", None),
            ("a/b", None),
            ("//example.org/a", None),
            ("/a#b", None),
            ("http://example.org", None),
            ("http://example.org?/a", None),
            ("http://example.org.example.net/a", None),
            ("http://example.org@example.net/a", None),
            ("http://example.org:80@example.net/a", None),
            ("http://user@example.org/a", None),
            ("http://example.net/a", None),
            ("HTTP://example.org/a", None),
            ("https://example.org/a", None),
        ] {
            let found = encoded_path(value.as_bytes(), b"example.org", false);
            assert_eq!(found, path.map(str::as_bytes), "{value}");
        }
        assert_eq!(encoded_path(b"https://example.org/a", b"example.org", true), Some(&b"/a"[..]));
        assert_eq!(encoded_path(b"http://example.org/a", b"example.org", true), None);
        assert_eq!(encoded_path(b"http:///a", b"", false), None);
    }

    #[test]
    fn empty_and_dot_segments_are_left_out() {
        for (path, resolved) in [
            ("/", "/"),
            ("//", "/"),
            ("/.", "/"),
            ("/./", "/"),
            ("/a", "/a"),
            ("/a/", "/a/"),
            ("/a//b", "/a/b"),
            ("//a/./b/.", "/a/b/"),
            ("/a/.b/c./...", "/a/.b/c./..."),
            ("/a///", "/a/"),
        ] {
            let mut memory = vec![0; path.len()];
            assert_eq!(resolve(path.as_bytes(), &mut memory), resolved.as_bytes(), "{path}");
            assert_eq!(needs_resolving(path.as_bytes()), path != resolved, "{path}");
        }
    }

    #[test]
    fn a_folder_contains_itself_and_what_is_below_it() {
        fn path(text: &str) -> Path<'_> {
            Path { text: text.as_bytes(), resolved: text.as_bytes() }
        }
        for (inner, folder, expected) in [
            ("/a/b", "/a/", true),
            ("/a/", "/a/", true),
            ("/a", "/a/", true),
            ("/ab", "/a/", false),
            ("/b/", "/a/", false),
            ("/", "/a/", false),
            ("/a", "/", true),
        ] {
            assert_eq!(path(inner).is_in(&path(folder)), expected, "{inner} in {folder}");
        }
    }
}
