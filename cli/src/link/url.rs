//! URLs: their path, and the token in their query.

use std::fmt;

use pta_http::path::{PathError, normalise};
use pta_http::query::{Target, arguments, behind_name, find};

/// The parts of a URL, or of a URL without its host: `https://host/path?query#fragment`.
#[derive(Debug, PartialEq, Eq)]
pub struct Url<'a> {
    /// `https://host`, or empty.
    origin: &'a [u8],
    path: &'a [u8],
    /// Also empty if there is no `?`.
    query: &'a [u8],
    /// The part from `#` on, `#` included.
    fragment: &'a [u8],
}

/// Why a text is not a URL.
#[derive(Debug, PartialEq, Eq)]
pub enum UrlError {
    /// It has neither a scheme and a host, nor a path.
    Start,
    /// It has a character that browsers drop or encode, and that nginx refuses.
    Character,
    /// It has a path that nginx refuses.
    Path(PathError),
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => f.write_str("a URL must begin with \"https://\", \"http://\" or \"/\""),
            Self::Character => {
                f.write_str("a URL has no blanks and no control characters (write %20 for a blank)")
            }
            Self::Path(error) => error.fmt(f),
        }
    }
}

impl<'a> Url<'a> {
    /// Splits a URL into its parts.
    ///
    /// # Errors
    ///
    /// A [`UrlError`] if nginx or a browser does not accept it.
    pub fn parse(text: &'a [u8]) -> Result<Self, UrlError> {
        if text.iter().any(|byte| byte.is_ascii_control() || *byte == b' ') {
            return Err(UrlError::Character);
        }
        let Target { path: rest, query, fragment } = Target::split(text);
        let host_start = host_start(rest).ok_or(UrlError::Start)?;
        let (origin, path) = match host_start {
            0 => (&b""[..], rest),
            start => {
                let host = rest.get(start..).unwrap_or_default();
                let (host, path) =
                    host.split_at(host.iter().position(|&byte| byte == b'/').unwrap_or(host.len()));
                if host.is_empty() {
                    return Err(UrlError::Start);
                }
                (rest.get(..start.saturating_add(host.len())).unwrap_or_default(), path)
            }
        };
        // Clients request "/" if there is no path.
        let path = if path.is_empty() { b"/" } else { path };
        Ok(Self { origin, path, query, fragment })
    }

    /// `https://host`, or empty.
    #[must_use]
    pub fn origin(&self) -> &'a [u8] {
        self.origin
    }

    /// The path as it is written, with its escapes.
    #[must_use]
    pub fn raw_path(&self) -> &'a [u8] {
        self.path
    }

    /// The path as nginx normalises it.
    ///
    /// # Errors
    ///
    /// [`UrlError::Path`] for a path that nginx refuses.
    pub fn path(&self) -> Result<Vec<u8>, UrlError> {
        normalise(self.path).map_err(UrlError::Path)
    }

    /// The value of the first argument `name`, found by the code of the module.
    #[must_use]
    pub fn argument(&self, name: &str) -> Option<&'a [u8]> {
        find(self.query, name.as_bytes()).map(|argument| argument.value)
    }

    /// The URL with the argument `name` set to `token`. The new argument replaces the first one of
    /// that name, or is added at the end. The other arguments keep their order and bytes.
    #[must_use]
    pub fn with_argument(&self, name: &str, token: &str) -> Vec<u8> {
        let new = [name.as_bytes(), b"=", token.as_bytes()].concat();
        let mut linked: Vec<&[u8]> = Vec::new();
        let mut is_added = false;
        // `arguments` returns one empty argument for an empty query.
        for argument in arguments(self.query).filter(|_| !self.query.is_empty()) {
            if behind_name(argument, name.as_bytes()).is_none() {
                linked.push(argument);
            } else if !is_added {
                linked.push(&new);
                is_added = true;
            }
        }
        if !is_added {
            linked.push(&new);
        }
        [self.origin, self.path, b"?", &linked.join(&b'&'), self.fragment].concat()
    }
}

/// The offset of the host, after `https://` or `//`. 0 if the URL begins with its path.
fn host_start(text: &[u8]) -> Option<usize> {
    if text.starts_with(b"//") {
        return Some(2);
    }
    if text.starts_with(b"/") {
        return Some(0);
    }
    let colon = text.iter().position(|&byte| byte == b':')?;
    let (scheme, rest) = text.split_at_checked(colon)?;
    let is_scheme = scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && scheme.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte));
    (is_scheme && rest.starts_with(b"://")).then_some(colon.saturating_add(3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_with_token(url: &str, expected: &str) {
        let url = Url::parse(url.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(url.with_argument("pta", "T")).unwrap(), expected);
    }

    #[test]
    fn a_token_is_added_after_the_query_and_before_the_fragment() {
        assert_with_token("https://a.example/b", "https://a.example/b?pta=T");
        assert_with_token("https://a.example:8443/b?c=d", "https://a.example:8443/b?c=d&pta=T");
        assert_with_token("/b?c=d#e", "/b?c=d&pta=T#e");
        assert_with_token("/b#e?f", "/b?pta=T#e?f");
        assert_with_token("/b?", "/b?pta=T");
        assert_with_token("/b?#", "/b?pta=T#");
        assert_with_token("//a.example/b", "//a.example/b?pta=T");
        assert_with_token("/b?c=https://d/?e", "/b?c=https://d/?e&pta=T");
        assert_with_token("/b?c&", "/b?c&&pta=T");
    }

    #[test]
    fn a_url_without_path_gets_a_slash() {
        assert_with_token("https://a.example", "https://a.example/?pta=T");
        assert_with_token("https://a.example?c#d", "https://a.example/?c&pta=T#d");
        assert_eq!(Url::parse(b"https://a.example?c").unwrap().path(), Ok(b"/".to_vec()));
    }

    #[test]
    fn an_existing_token_is_replaced() {
        assert_with_token("/b?pta=old", "/b?pta=T");
        assert_with_token("/b?c&pta=old&d=%2541", "/b?c&pta=T&d=%2541");
        assert_with_token("/b?PTA=old&c&pta=&pta=older", "/b?pta=T&c");
        assert_with_token("/b?pta&xpta=1&ptax=2&%70ta=3#pta=4", "/b?pta&xpta=1&ptax=2&%70ta=3&pta=T#pta=4");
    }

    #[test]
    fn the_path_is_the_one_nginx_sees() {
        let path = |url: &str| {
            Url::parse(url.as_bytes()).unwrap().path().map(|path| String::from_utf8(path).unwrap())
        };
        assert_eq!(path("https://a.example/b/../caf%C3%A9?x/../y").as_deref(), Ok("/café"));
        assert_eq!(path("/a//b#c").as_deref(), Ok("/a/b"));
        assert_eq!(path("/r/https://x/y").as_deref(), Ok("/r/https:/x/y"));
        assert_eq!(path("https://a.example/.."), Err(UrlError::Path(PathError::AboveRoot)));
    }

    #[test]
    fn the_first_argument_of_that_name_is_found() {
        let token = |url: &'static str| Url::parse(url.as_bytes()).unwrap().argument("pta");
        assert_eq!(token("/b?c&PTA=1&pta=2#x"), Some(&b"1"[..]));
        assert_eq!(token("/b?pta=&pta=2"), Some(&b""[..]));
        assert_eq!(token("/b?pta#?pta=1"), None);
        assert_eq!(token("/b?"), None);
        assert_eq!(token("/pta=1"), None);
    }

    #[test]
    fn text_that_is_not_a_url_is_refused() {
        for text in
            ["", "b", "a.example/b", "https:/a/b", "https://", "https:///b", "?pta=1", "1x://a/b", "://a/b"]
        {
            assert_eq!(Url::parse(text.as_bytes()), Err(UrlError::Start), "{text}");
        }
        for text in ["/a b", "/a\nb", "/a\0", "/a\x7f"] {
            assert_eq!(Url::parse(text.as_bytes()), Err(UrlError::Character), "{text:?}");
        }
    }
}
