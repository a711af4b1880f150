//! Warnings about token paths that never match a request.

use pta_http::path::{PathError, normalise, unescape};

use crate::text::printable::Printable;

/// A path on the command line, and whether all its stars are literal.
pub(crate) struct GivenPath<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) stars_are_literal: bool,
}

impl GivenPath<'_> {
    /// One sentence for each reason why the path never matches.
    pub(crate) fn advice(&self) -> Vec<String> {
        if self.is_plain() {
            return Vec::new();
        }
        let mut advice = Vec::new();
        let given = Printable(self.text);
        let end = self.text.iter().position(|byte| matches!(byte, b'?' | b'#')).unwrap_or(self.text.len());
        let (path, rest) = self.text.split_at_checked(end).unwrap_or((self.text, b""));
        if let Some(first) = rest.first() {
            let part = if *first == b'?' { "query" } else { "fragment" };
            advice.push(format!(
                "\"{given}\" has a \"{}\": nginx compares the path alone, without a {part}; without it, it is \"{}\"",
                char::from(*first),
                Printable(path)
            ));
        }
        if let Some((done, result)) = self.seen_by_nginx(path) {
            advice.push(format!("\"{given}\" never matches: nginx {done}; {result}"));
        }
        advice
    }

    /// Fast path: most paths contain none of the bytes that need advice, and a batch may have
    /// millions.
    fn is_plain(&self) -> bool {
        let mut after_slash = false;
        self.text.iter().all(|&byte| {
            let is_special = matches!(byte, b'%' | b'?' | b'#') || after_slash && matches!(byte, b'/' | b'.');
            after_slash = byte == b'/';
            !is_special
        })
    }

    /// What nginx does with this path in a URL, and the result. None if the path stays as it is.
    fn seen_by_nginx(&self, path: &[u8]) -> Option<(String, String)> {
        let (decoded, escape) = self.decode(path);
        // The path is already decoded, so a "%" is literal.
        let literal: Vec<u8> = decoded
            .iter()
            .flat_map(|&byte| if byte == b'%' { b"%25".to_vec() } else { vec![byte] })
            .collect();
        let normal = normalise(&literal);
        if escape.is_none() && normal.as_deref() == Ok(decoded.as_slice()) {
            return None;
        }
        let has_segment = |segment: &[u8]| decoded.split(|&byte| byte == b'/').any(|own| own == segment);
        let mut done = Vec::new();
        if let Some(escape) = &escape {
            done.push(format!("decodes \"{escape}\""));
        }
        if decoded.windows(2).any(|pair| pair == b"//") {
            done.push("merges \"//\"".to_owned());
        }
        for dots in [".", ".."] {
            if has_segment(dots.as_bytes()) {
                done.push(format!("resolves \"{dots}\""));
            }
        }
        let result = match &normal {
            Ok(normal) if escape.is_some() => format!("decoded it is \"{}\"", Printable(normal)),
            Ok(normal) => format!("normalised it is \"{}\"", Printable(normal)),
            Err(PathError::AboveRoot) => "it leads out of the root".to_owned(),
            // Other errors are reported elsewhere.
            Err(_) => return None,
        };
        Some((done.join(" and "), result))
    }

    /// The path with each `%XX` decoded, and the first `%XX`.
    fn decode(&self, path: &[u8]) -> (Vec<u8>, Option<String>) {
        let mut decoded = Vec::with_capacity(path.len());
        let mut first = None;
        let mut rest = path;
        while let Some((&byte, behind)) = rest.split_first() {
            let Some((value, behind_escape)) = unescape(rest) else {
                decoded.push(byte);
                rest = behind;
                continue;
            };
            let escape = rest.get(..rest.len().saturating_sub(behind_escape.len())).unwrap_or_default();
            first.get_or_insert_with(|| String::from_utf8_lossy(escape).into_owned());
            rest = behind_escape;
            // A percent-encoded star is literal.
            if value == b'*' && !self.stars_are_literal {
                decoded.push(b'\\');
            }
            decoded.push(value);
        }
        (decoded, first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advice(text: &str) -> Vec<String> {
        GivenPath { text: text.as_bytes(), stars_are_literal: false }.advice()
    }

    #[track_caller]
    fn assert_never(text: &str, expected: &str) {
        assert_eq!(advice(text), [format!("\"{text}\" never matches: nginx {expected}")]);
    }

    #[test]
    fn a_path_as_nginx_compares_it_needs_no_advice() {
        for path in [
            "/",
            "/*",
            "/a",
            "/a/*",
            r"/a\*b",
            "/a b",
            "/café",
            "/100%",
            "/%zz",
            "/%4",
            "/a.b/..c/d../...",
            "/a/.hidden",
            "/a/.*",
            "/a/..*",
            "/*./b",
            "/a/b/",
            "/%é1",
            "/%+4",
        ] {
            assert_eq!(advice(path), [""; 0], "{path}");
        }
    }

    #[test]
    fn escapes_are_decoded() {
        assert_never("/a%20b", "decodes \"%20\"; decoded it is \"/a b\"");
        assert_never("/caf%C3%A9/*", "decodes \"%C3\"; decoded it is \"/café/*\"");
        assert_never("/a%2Ab", r#"decodes "%2A"; decoded it is "/a\*b""#);
        assert_never("/100%25", "decodes \"%25\"; decoded it is \"/100%\"");
        assert_never("/a%3Fb", "decodes \"%3F\"; decoded it is \"/a?b\"");
        assert_never("/%2541", "decodes \"%25\"; decoded it is \"/%41\"");
        assert_never("/a%0Ab", "decodes \"%0A\"; decoded it is \"/a\\nb\"");
        let escaped = GivenPath { text: b"/a%2Ab", stars_are_literal: true };
        assert_eq!(
            escaped.advice(),
            ["\"/a%2Ab\" never matches: nginx decodes \"%2A\"; decoded it is \"/a*b\""]
        );
    }

    #[test]
    fn slashes_and_dots_are_resolved() {
        assert_never("/a//b", "merges \"//\"; normalised it is \"/a/b\"");
        assert_never("//*", "merges \"//\"; normalised it is \"/*\"");
        assert_never("/a/./b", "resolves \".\"; normalised it is \"/a/b\"");
        assert_never("/a/.", "resolves \".\"; normalised it is \"/a/\"");
        assert_never("/a/../b", "resolves \"..\"; normalised it is \"/b\"");
        assert_never("/a/b/..", "resolves \"..\"; normalised it is \"/a/\"");
        assert_never("/a/*/../b", "resolves \"..\"; normalised it is \"/a/b\"");
        assert_never("/../b", "resolves \"..\"; it leads out of the root");
        assert_never(
            "/a%2F%2e%2e//b",
            "decodes \"%2F\" and merges \"//\" and resolves \"..\"; decoded it is \"/b\"",
        );
    }

    #[test]
    fn a_query_is_not_compared() {
        assert_eq!(
            advice("/a?b=c"),
            [
                "\"/a?b=c\" has a \"?\": nginx compares the path alone, without a query; without it, it is \"/a\""
            ]
        );
        assert_eq!(
            advice("/a#b"),
            [
                "\"/a#b\" has a \"#\": nginx compares the path alone, without a fragment; without it, it is \"/a\""
            ]
        );
        assert_eq!(advice("/a%20b?c").len(), 2);
    }
}
