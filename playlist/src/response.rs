//! Which responses may be playlists, by what nginx knows of them before their bodies.

/// Media types of playlists.
const TYPES: [&[u8]; 5] = [
    b"application/vnd.apple.mpegurl",
    b"application/x-mpegurl",
    b"audio/mpegurl",
    b"audio/x-mpegurl",
    b"application/dash+xml",
];

const EXTENSIONS: [&[u8]; 3] = [b".m3u8", b".m3u", b".mpd"];

/// Whether the value of a Content-Type line is the type of a playlist, with any parameters.
#[must_use]
pub fn has_playlist_type(content_type: &[u8]) -> bool {
    let end = memchr::memchr(b';', content_type).unwrap_or(content_type.len());
    let essence = content_type.get(..end).unwrap_or_default().trim_ascii();
    TYPES.iter().any(|known| essence.eq_ignore_ascii_case(known))
}

/// Whether a path has the extension of a playlist.
#[must_use]
pub fn has_playlist_extension(path: &[u8]) -> bool {
    EXTENSIONS.iter().any(|extension| {
        let start = path.len().checked_sub(extension.len());
        start.and_then(|start| path.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(extension))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_counts_in_any_case_and_with_parameters() {
        for known in TYPES {
            assert!(has_playlist_type(known));
            assert!(has_playlist_type(&known.to_ascii_uppercase()));
            assert!(has_playlist_type(&[known, b" ; charset=utf-8"].concat()));
            assert!(has_playlist_type(&[b" ", known, b";"].concat()));
            assert!(!has_playlist_type(&[known, b"x"].concat()));
        }
        for other in ["", ";", "text/html", "application/octet-stream", "video/mp4; a=application/dash+xml"] {
            assert!(!has_playlist_type(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn a_path_may_end_with_an_extension() {
        for path in ["/a.m3u8", "/a.m3u", "/a.b/c.MPD", ".mpd"] {
            assert!(has_playlist_extension(path.as_bytes()), "{path}");
        }
        for path in ["", "/", "/mpd", "/a.mpd/", "/a.m3u8x", "/a.mp4", "mpd"] {
            assert!(!has_playlist_extension(path.as_bytes()), "{path}");
        }
    }
}
