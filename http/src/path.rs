//! The path of a request as nginx decodes and normalises it (`ngx_http_parse_complex_uri` with
//! `merge_slashes on`).

use std::fmt;

/// Why nginx refuses a path with status 400.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathError {
    /// It does not begin with a slash.
    NotAbsolute,
    /// A `%` that is not followed by two hexadecimal digits.
    Percent,
    /// `%00` or a NUL byte.
    Nul,
    /// There are more `..` than folders.
    AboveRoot,
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAbsolute => "the path must begin with \"/\"",
            Self::Percent => "a \"%\" in the path must have two hexadecimal digits behind it",
            Self::Nul => "the path has a NUL in it",
            Self::AboveRoot => "the path leads out of the root by \"..\"",
        })
    }
}

impl std::error::Error for PathError {}

/// Decodes `%xx`, merges slashes, resolves `.` and `..`.
///
/// # Errors
///
/// A [`PathError`] for a path that nginx refuses.
pub fn normalise(raw: &[u8]) -> Result<Vec<u8>, PathError> {
    let mut path = Vec::with_capacity(raw.len());
    normalise_into(raw, &mut path)?;
    Ok(path)
}

/// Like [`normalise`], in place of what `path` holds. Allocates nothing if `path` has room for as
/// many bytes as `raw` has.
///
/// # Errors
///
/// A [`PathError`] for a path that nginx refuses. Then `path` holds a part of it.
pub fn normalise_into(raw: &[u8], path: &mut Vec<u8>) -> Result<(), PathError> {
    path.clear();
    if raw.first() != Some(&b'/') {
        return Err(PathError::NotAbsolute);
    }
    let mut rest = raw;
    while let Some((&first, behind)) = rest.split_first() {
        let byte;
        (byte, rest) =
            if first == b'%' { unescape(rest).ok_or(PathError::Percent)? } else { (first, behind) };
        match byte {
            b'\0' => return Err(PathError::Nul),
            // nginx treats decoded slashes and dots like literal ones.
            b'/' => end_segment(path)?,
            _ => path.push(byte),
        }
    }
    // Handled as if a slash followed, which is then removed.
    match segment(path) {
        b"." | b".." => end_segment(path)?,
        _ => {}
    }
    Ok(())
}

/// The byte that the escape (`%41`) at the start of `text` stands for, and the text after it.
#[must_use]
pub fn unescape(text: &[u8]) -> Option<(u8, &[u8])> {
    let [b'%', tens, ones, behind @ ..] = text else { return None };
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some((digit(tens)?.wrapping_shl(4).wrapping_add(digit(ones)?), behind))
}

/// The text after the last slash.
fn segment(path: &[u8]) -> &[u8] {
    path.rsplit(|&byte| byte == b'/').next().unwrap_or_default()
}

/// Ends the last segment of `path` with a slash. Resolves it if it is empty, `.` or `..`.
fn end_segment(path: &mut Vec<u8>) -> Result<(), PathError> {
    match segment(path) {
        b"" if path.is_empty() => path.push(b'/'),
        b"" => {}
        b"." => drop(path.pop()),
        b".." => {
            path.truncate(path.len().saturating_sub(b"/..".len()));
            let parent = path.iter().rposition(|&byte| byte == b'/').ok_or(PathError::AboveRoot)?;
            path.truncate(parent.saturating_add(1));
        }
        _ => path.push(b'/'),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_normal(raw: &str, expected: &str) {
        assert_eq!(normalise(raw.as_bytes()).as_deref(), Ok(expected.as_bytes()), "{raw}");
    }

    #[track_caller]
    fn assert_refused(raw: &str, error: PathError) {
        assert_eq!(normalise(raw.as_bytes()), Err(error), "{raw}");
    }

    #[test]
    fn escapes_are_decoded_once() {
        assert_normal("/foo/caf%C3%A9", "/foo/café");
        assert_normal("/foo/caf%c3%a9", "/foo/café");
        assert_normal("/foo/café", "/foo/café");
        assert_normal("/a%20b+c", "/a b+c");
        assert_normal("/%2541", "/%41");
        assert_normal("/a%3Fb%23c%25", "/a?b#c%");
        assert_normal("/a%5Cb%2A", r"/a\b*");
    }

    #[test]
    fn literal_and_decoded_slashes_are_merged() {
        assert_normal("//a///b", "/a/b");
        assert_normal("/a%2F%2fb/", "/a/b/");
        assert_normal("/a//", "/a/");
    }

    #[test]
    fn dot_segments_are_resolved() {
        assert_normal("/a/./b", "/a/b");
        assert_normal("/a/.", "/a/");
        assert_normal("/./", "/");
        assert_normal("/a/../b", "/b");
        assert_normal("/a/..", "/");
        assert_normal("/a/b/..", "/a/");
        assert_normal("/a/b/../..", "/");
        assert_normal("/a/b/../../c", "/c");
        assert_normal("/a//../b", "/b");
        assert_normal("/a/%2e%2E/b", "/b");
        assert_normal("/a/%2e/b", "/a/b");
        assert_normal("/a/..%2Fb", "/b");
    }

    #[test]
    fn other_dots_stay() {
        for path in ["/a.b", "/.a", "/..a", "/a..", "/...", "/a./b", "/a../b", "/.a/..b/c."] {
            assert_normal(path, path);
        }
    }

    #[test]
    fn a_path_that_nginx_answers_with_400_is_refused() {
        assert_refused("/..", PathError::AboveRoot);
        assert_refused("/../a", PathError::AboveRoot);
        assert_refused("/a/../../b", PathError::AboveRoot);
        assert_refused("//..", PathError::AboveRoot);
        assert_refused("/%2e%2e/a", PathError::AboveRoot);
        assert_refused("/a%", PathError::Percent);
        assert_refused("/a%4", PathError::Percent);
        assert_refused("/a%4g", PathError::Percent);
        assert_refused("/a%+4", PathError::Percent);
        assert_refused("/a%00", PathError::Nul);
        assert_refused("/a\0", PathError::Nul);
        assert_refused("a", PathError::NotAbsolute);
        assert_refused("", PathError::NotAbsolute);
    }

    #[test]
    fn a_buffer_with_room_is_used_again() {
        let mut path = Vec::with_capacity(8);
        let place = path.as_ptr();
        for (raw, expected) in [("/a/b/c/d", "/a/b/c/d"), ("//%41//b", "/A/b"), ("/", "/")] {
            assert_eq!(normalise_into(raw.as_bytes(), &mut path), Ok(()));
            assert_eq!(path, expected.as_bytes());
        }
        assert_eq!(normalise_into(b"/..", &mut path), Err(PathError::AboveRoot));
        assert_eq!((path.as_ptr(), path.capacity()), (place, 8));
    }

    #[test]
    fn an_error_says_what_is_wrong() {
        for (error, words) in [
            (PathError::NotAbsolute, "the path must begin with \"/\""),
            (PathError::Percent, "a \"%\" in the path must have two hexadecimal digits behind it"),
            (PathError::Nul, "the path has a NUL in it"),
            (PathError::AboveRoot, "the path leads out of the root by \"..\""),
        ] {
            assert_eq!(error.to_string(), words);
        }
    }

    #[test]
    fn an_escape_is_a_percent_sign_and_two_digits() {
        assert_eq!(unescape(b"%41"), Some((b'A', &b""[..])));
        assert_eq!(unescape(b"%fFb"), Some((0xff, &b"b"[..])));
        assert_eq!(unescape(b"%00%"), Some((0, &b"%"[..])));
        for text in ["", "%", "%4", "%4g", "%g4", "%+4", "% 4", "41", "a%41"] {
            assert_eq!(unescape(text.as_bytes()), None, "{text:?}");
        }
        for byte in 0..=255 {
            assert_eq!(unescape(format!("%{byte:02x}").as_bytes()), Some((byte, &b""[..])));
            assert_eq!(unescape(format!("%{byte:02X}").as_bytes()), Some((byte, &b""[..])));
        }
    }
}
