//! The host of a URL, by which nginx chooses a server.

use std::{fmt, str};

use crate::link::url::Url;

/// A host and the port that a client would connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Host {
    /// In lower case, without a dot at the end.
    pub(crate) name: String,
    /// None if the URL has neither a port nor a scheme that implies one.
    pub(crate) port: Option<u16>,
}

impl Host {
    pub(crate) fn of(url: &Url<'_>) -> Option<Self> {
        Self::of_origin(url.origin())
    }

    /// The host of `https://user@host:port`. None if a URL begins with its path.
    fn of_origin(origin: &[u8]) -> Option<Self> {
        let origin = str::from_utf8(origin).ok()?;
        let (scheme, authority) = origin.split_once("//")?;
        let authority = authority.rsplit_once('@').map_or(authority, |(_, behind)| behind);
        // The colons of an IPv6 address are in brackets.
        let (name, port) = match authority.rsplit_once(':') {
            Some((name, port)) if !port.contains(']') => (name, Some(port)),
            _ => (authority, None),
        };
        let port = match (port.filter(|port| !port.is_empty()), scheme.to_ascii_lowercase().as_str()) {
            (Some(port), _) => port.parse().ok(),
            (None, "https:") => Some(443),
            (None, "http:") => Some(80),
            (None, _) => None,
        };
        let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        (!name.is_empty()).then_some(Self { name, port })
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_and_its_port() {
        let host = |origin: &str| Host::of_origin(origin.as_bytes()).map(|host| (host.name, host.port));
        let expect = |name: &str, port| Some((name.to_owned(), port));
        assert_eq!(host("https://a.example"), expect("a.example", Some(443)));
        assert_eq!(host("HTTP://A.Example."), expect("a.example", Some(80)));
        assert_eq!(host("http://a:8080"), expect("a", Some(8080)));
        assert_eq!(host("http://user:word@a:8080"), expect("a", Some(8080)));
        assert_eq!(host("https://a:"), expect("a", Some(443)));
        assert_eq!(host("//a"), expect("a", None));
        assert_eq!(host("//a:81"), expect("a", Some(81)));
        assert_eq!(host("https://[::1]"), expect("[::1]", Some(443)));
        assert_eq!(host("https://[::1]:8443"), expect("[::1]", Some(8443)));
        assert_eq!(host("https://a:99999"), expect("a", None));
        assert_eq!(host("rtsp://a"), expect("a", None));
        assert_eq!(host(""), None);
        assert_eq!(host("https://."), None);
    }
}
