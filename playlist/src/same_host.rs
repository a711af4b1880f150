//! Whether a reference certainly goes to the host of the request, for every client.

use crate::hosts::{Host, is_plain, split_port};
use crate::request::{Port, Request, Scheme, parse_port};

/// The parts of a reference. All clients agree on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parts<'t> {
    /// The scheme, if the reference has one of its own.
    pub(crate) scheme: Option<Scheme>,
    /// Host and port, if the reference names them.
    pub(crate) authority: Option<&'t [u8]>,
    /// The path, not decoded. It may be empty.
    pub(crate) path: &'t [u8],
    /// The query, without the `?`. None if there is no `?`.
    pub(crate) query: Option<&'t [u8]>,
}

impl<'t> Parts<'t> {
    /// Splits a reference. None if it is empty or only a fragment, or if clients may disagree about
    /// its scheme.
    pub(crate) fn split(text: &'t [u8]) -> Option<Self> {
        let (text, _) = split_at_byte(text, b'#');
        let (before, query) = split_at_byte(text, b'?');
        if before.is_empty() && query.is_none() {
            return None;
        }
        let first_segment = before.split(|&byte| byte == b'/').next().unwrap_or_default();
        let (scheme, rest) = match split_at_byte(first_segment, b':') {
            (_, None) => (None, before),
            // Whether "1:2" has a scheme depends on the client. Without the slashes, "https:x" is
            // relative for some.
            (scheme, Some(_)) => {
                let behind = before.get(scheme.len().saturating_add(1)..)?;
                (Some(Scheme::parse(scheme)?), behind.starts_with(b"//").then_some(behind)?)
            }
        };
        let Some(behind_slashes) = rest.strip_prefix(b"//") else {
            return Some(Self { scheme, authority: None, path: rest, query });
        };
        let len = behind_slashes.iter().position(|&byte| byte == b'/').unwrap_or(behind_slashes.len());
        let (authority, path) = behind_slashes.split_at_checked(len)?;
        Some(Self { scheme, authority: Some(authority), path, query })
    }
}

fn split_at_byte(text: &[u8], separator: u8) -> (&[u8], Option<&[u8]>) {
    match memchr::memchr(separator, text).and_then(|at| text.split_at_checked(at)) {
        Some((before, behind)) => (before, behind.get(1..)),
        None => (text, None),
    }
}

/// The hosts that may get the token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site<'a> {
    scheme: Scheme,
    host: &'a [u8],
    port: Port,
    others: &'a [Host],
}

impl<'a> Site<'a> {
    pub(crate) fn new(request: &Request<'a>, others: &'a [Host]) -> Self {
        let Request { scheme, host, port, .. } = *request;
        Self { scheme, host, port, others }
    }

    /// The scheme of the request.
    pub(crate) fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Whether a URL with this scheme, host and port may get the token.
    pub(crate) fn allows(&self, scheme: Scheme, authority: &[u8]) -> bool {
        if self.scheme == Scheme::Https && scheme == Scheme::Http {
            return false;
        }
        // A name with an "@" is not plain, so there is no user name.
        let Some((name, digits)) = split_port(authority) else { return false };
        let Some(port) = digits.map_or(Some(scheme.default_port()), parse_port) else { return false };
        if !is_plain(name) {
            return false;
        }
        name.eq_ignore_ascii_case(self.host) && self.has_port(scheme, port)
            || self.others.iter().any(|other| {
                name.eq_ignore_ascii_case(other.name())
                    && port == other.port().unwrap_or(scheme.default_port())
            })
    }

    /// Whether a URL's port is that of the Host line. No port and a default port are the same.
    fn has_port(&self, scheme: Scheme, port: u16) -> bool {
        let is_default = port == scheme.default_port();
        match self.port {
            Port::Absent => is_default,
            Port::Number(own) => own == port || is_default && own == self.scheme.default_port(),
            Port::Unusable => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Option<Parts<'_>> {
        Parts::split(text.as_bytes())
    }

    #[track_caller]
    fn assert_split(
        text: &str,
        scheme: Option<Scheme>,
        authority: Option<&str>,
        path: &str,
        query: Option<&str>,
    ) {
        let (authority, path, query) =
            (authority.map(str::as_bytes), path.as_bytes(), query.map(str::as_bytes));
        assert_eq!(parts(text), Some(Parts { scheme, authority, path, query }), "{text}");
    }

    #[test]
    fn a_reference_is_split() {
        assert_split("a/b?c?d#e?f", None, None, "a/b", Some("c?d"));
        assert_split("/a", None, None, "/a", None);
        assert_split("?", None, None, "", Some(""));
        assert_split("?#a", None, None, "", Some(""));
        assert_split("./a:b", None, None, "./a:b", None);
        assert_split("?a:b", None, None, "", Some("a:b"));
        assert_split("a?//b", None, None, "a", Some("//b"));
        assert_split("//h:1/a//b", None, Some("h:1"), "/a//b", None);
        assert_split("//h", None, Some("h"), "", None);
        assert_split("//h?a/b", None, Some("h"), "", Some("a/b"));
        assert_split("///a", None, Some(""), "/a", None);
        let https = Some(Scheme::Https);
        assert_split("HTTPS://h/a", https, Some("h"), "/a", None);
        assert_split("https:///h/a", https, Some(""), "/h/a", None);
        assert_split("https://h#//x/", https, Some("h"), "", None);
    }

    #[test]
    fn a_reference_without_a_certain_scheme_is_none() {
        for text in
            ["", "#", "#a?b", "https:a", "https:/a", "https:", "skd://h", "seg:1.ts", "1:2", ":", "é:a"]
        {
            assert_eq!(parts(text), None, "{text}");
        }
    }

    #[track_caller]
    fn assert_allowed(scheme: Scheme, host_line: &str, allowed: &[&str], others: &[&str]) {
        let hosts =
            ["cdn.test", "cdn.test:81", "[2001:db8::1]"].map(|host| Host::parse(host.as_bytes()).unwrap());
        let host = host_line.split(':').next().unwrap().as_bytes();
        let port = Port::in_host_line(host_line.as_bytes());
        let site = Site::new(&Request { scheme, host, port, path: b"/", query: b"" }, &hosts);
        assert_eq!(site.scheme(), scheme);
        let is_allowed = |url: &str| {
            let Parts { scheme, authority, .. } = Parts::split(url.as_bytes()).unwrap();
            site.allows(scheme.unwrap_or(site.scheme()), authority.unwrap())
        };
        for url in allowed {
            assert!(is_allowed(url), "{host_line} {url}");
        }
        for url in others {
            assert!(!is_allowed(url), "{host_line} {url}");
        }
    }

    #[test]
    fn no_port_and_the_default_port_are_the_same() {
        for host_line in ["m.test", "m.test:443"] {
            assert_allowed(
                Scheme::Https,
                host_line,
                &["//m.test", "https://M.TEST/", "//m.test:443", "https://m.test:443"],
                &["//m.test:80", "https://m.test:8443", "http://m.test", "http://m.test:443"],
            );
        }
        for host_line in ["m.test", "m.test:80"] {
            assert_allowed(
                Scheme::Http,
                host_line,
                &["//m.test", "http://m.test:80", "https://m.test", "https://m.test:443", "//m.test:80"],
                &["//m.test:443", "http://m.test:8080", "https://m.test:8443"],
            );
        }
        // Behind a proxy that ends TLS.
        assert_allowed(
            Scheme::Http,
            "m.test:443",
            &["https://m.test", "https://m.test:443"],
            &["http://m.test"],
        );
    }

    #[test]
    fn another_port_must_be_the_same() {
        assert_allowed(
            Scheme::Https,
            "m.test:8443",
            &["//m.test:8443", "https://m.test:8443"],
            &["//m.test", "https://m.test:443", "http://m.test:8443", "https://m.test:844", "//m.test:08443"],
        );
        assert_allowed(Scheme::Https, "m.test:x", &[], &["//m.test", "//m.test:x", "//m.test:443"]);
    }

    #[test]
    fn what_clients_may_read_differently_is_not_the_host() {
        let others = [
            "//",
            "///m.test",
            "//me@m.test",
            "//me:pw@m.test",
            "//m.test@evil.test",
            "//m.test.",
            "//m.test:",
            "//m.test:443:443",
            "//m%2etest",
            "//m.test%2f",
            "//xm.test",
            "//m.testx",
            "//m test",
            "//.m.test",
            "//[m.test]",
            "//m.test:+443",
            "//m.test: 443",
        ];
        assert_allowed(Scheme::Https, "m.test", &[], &others);
    }

    #[test]
    fn a_host_that_is_no_plain_name_gets_nothing() {
        assert_allowed(Scheme::Https, "", &[], &["//", "///"]);
        assert_allowed(Scheme::Https, "m%2etest", &[], &["//m%2etest"]);
        assert_allowed(Scheme::Https, "me@m.test", &[], &["//me@m.test"]);
    }

    #[test]
    fn other_hosts_count_with_their_ports() {
        assert_allowed(
            Scheme::Https,
            "m.test:8443",
            &[
                "//cdn.test",
                "https://CDN.test:443",
                "https://cdn.test:81",
                "//[2001:DB8::1]",
                "//[2001:db8::1]:443",
            ],
            &[
                "//cdn.test:8443",
                "http://cdn.test",
                "http://cdn.test:81",
                "//x.cdn.test",
                "//[2001:db8::1]:81",
            ],
        );
        assert_allowed(
            Scheme::Http,
            "m.test",
            &["http://cdn.test", "https://cdn.test"],
            &["http://cdn.test:443"],
        );
    }
}
