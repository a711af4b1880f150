//! Other hosts that get the token: `pta_playlist_hosts`.

use std::fmt;
use std::net::Ipv6Addr;

use crate::request::parse_port;

/// What is wrong with a value of `pta_playlist_hosts`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostError {
    /// There is no host.
    Empty,
    /// It is a URL.
    Url,
    /// There is an `@`.
    UserInfo,
    /// There is a path, a query or a fragment.
    Path,
    /// A byte above 127: the name must be in its ASCII form.
    NotAscii,
    /// A byte that no host name has, a `*` for example.
    Character(char),
    /// A label of the name is empty, or longer than 63 characters.
    Label,
    /// The name is longer than 253 characters.
    Long,
    /// What is in brackets is not an IPv6 address.
    Address,
    /// The port is not a number from 1 to 65535.
    Port,
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::Empty => "there is no host",
            Self::Url => "it must be a host, not a URL",
            Self::UserInfo => "it must have no user name",
            Self::Path => "it must be a host, without a path",
            Self::NotAscii => "the host must be written in ASCII (\"xn--...\")",
            Self::Character(found) => return write!(f, "a host has no {found:?}"),
            Self::Label => "a part of the host is empty or longer than 63 characters",
            Self::Long => "the host is longer than 253 characters",
            Self::Address => "an IPv6 address must be between the brackets",
            Self::Port => "the port must be a number from 1 to 65535",
        };
        f.write_str(words)
    }
}

impl std::error::Error for HostError {}

/// A host that gets the token, with its port if that is not the default one of the scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    name: Box<[u8]>,
    port: Option<u16>,
}

impl Host {
    /// Parses `host` or `host:port`. An IPv6 address is in brackets.
    ///
    /// # Errors
    ///
    /// A [`HostError`] that says what is wrong.
    pub fn parse(text: &[u8]) -> Result<Self, HostError> {
        if text.windows(3).any(|bytes| bytes == b"://") || text.starts_with(b"//") {
            return Err(HostError::Url);
        }
        if text.contains(&b'@') {
            return Err(HostError::UserInfo);
        }
        if text.iter().any(|byte| b"/?#\\".contains(byte)) {
            return Err(HostError::Path);
        }
        let (name, port) = split_port(text).ok_or(HostError::Address)?;
        let port = match port {
            None => None,
            Some(digits) => Some(parse_port(digits).ok_or(HostError::Port)?),
        };
        check_name(name)?;
        Ok(Self { name: name.into(), port })
    }

    pub(crate) fn name(&self) -> &[u8] {
        &self.name
    }

    pub(crate) fn port(&self) -> Option<u16> {
        self.port
    }
}

/// The host, and what follows the colon behind it. None if a bracket is not closed, or something
/// else than a port follows it.
pub(crate) fn split_port(authority: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let name_len = match authority {
        [b'[', ..] => authority.iter().position(|&byte| byte == b']')?.saturating_add(1),
        _ => authority.iter().position(|&byte| byte == b':').unwrap_or(authority.len()),
    };
    match authority.split_at_checked(name_len)? {
        (name, []) => Some((name, None)),
        (name, [b':', port @ ..]) => Some((name, Some(port))),
        _ => None,
    }
}

/// Whether all clients take the name for the same host: a host name, an IPv4 or an IPv6 address.
pub(crate) fn is_plain(name: &[u8]) -> bool {
    check_name(name).is_ok()
}

fn check_name(name: &[u8]) -> Result<(), HostError> {
    if let [b'[', address @ .., b']'] = name {
        let address = std::str::from_utf8(address).ok().and_then(|text| text.parse::<Ipv6Addr>().ok());
        return address.map(drop).ok_or(HostError::Address);
    }
    if name.is_empty() {
        return Err(HostError::Empty);
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    if let Some(&other) = name.iter().find(|&&byte| !allowed(byte)) {
        return Err(if other.is_ascii() { HostError::Character(other.into()) } else { HostError::NotAscii });
    }
    if name.split(|&byte| byte == b'.').any(|label| label.is_empty() || label.len() > 63) {
        return Err(HostError::Label);
    }
    if name.len() > 253 { Err(HostError::Long) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_may_have_a_port() {
        for (text, name, port) in [
            ("cdn.example.com", "cdn.example.com", None),
            ("CDN.example.com:8443", "CDN.example.com", Some(8443)),
            ("localhost:1", "localhost", Some(1)),
            ("a_b-c.d:65535", "a_b-c.d", Some(65535)),
            ("192.0.2.1:80", "192.0.2.1", Some(80)),
            ("[2001:db8::1]", "[2001:db8::1]", None),
            ("[::1]:8080", "[::1]", Some(8080)),
        ] {
            let host = Host::parse(text.as_bytes()).unwrap();
            assert_eq!((host.name(), host.port()), (name.as_bytes(), port), "{text}");
        }
    }

    #[test]
    fn an_error_says_what_is_wrong_with_a_host() {
        let long = "a.".repeat(127);
        for (text, error, words) in [
            ("", HostError::Empty, "there is no host"),
            (":80", HostError::Empty, "there is no host"),
            ("https://cdn", HostError::Url, "it must be a host, not a URL"),
            ("//cdn", HostError::Url, "it must be a host, not a URL"),
            ("me@cdn", HostError::UserInfo, "it must have no user name"),
            ("me:pw@cdn:80", HostError::UserInfo, "it must have no user name"),
            ("cdn/x", HostError::Path, "it must be a host, without a path"),
            ("cdn?x", HostError::Path, "it must be a host, without a path"),
            ("cdn#x", HostError::Path, "it must be a host, without a path"),
            ("cdn\\x", HostError::Path, "it must be a host, without a path"),
            ("café.fr", HostError::NotAscii, "the host must be written in ASCII (\"xn--...\")"),
            ("*.cdn", HostError::Character('*'), "a host has no '*'"),
            ("c dn", HostError::Character(' '), "a host has no ' '"),
            ("c%64n", HostError::Character('%'), "a host has no '%'"),
            ("cdn.", HostError::Label, "a part of the host is empty or longer than 63 characters"),
            (".cdn", HostError::Label, "a part of the host is empty or longer than 63 characters"),
            ("a..b", HostError::Label, "a part of the host is empty or longer than 63 characters"),
            (&"a".repeat(64), HostError::Label, "a part of the host is empty or longer than 63 characters"),
            (&format!("{long}a"), HostError::Long, "the host is longer than 253 characters"),
            ("[::g]", HostError::Address, "an IPv6 address must be between the brackets"),
            ("[::1", HostError::Address, "an IPv6 address must be between the brackets"),
            ("[::1]80", HostError::Address, "an IPv6 address must be between the brackets"),
            ("[192.0.2.1]", HostError::Address, "an IPv6 address must be between the brackets"),
            ("cdn:", HostError::Port, "the port must be a number from 1 to 65535"),
            ("cdn:0", HostError::Port, "the port must be a number from 1 to 65535"),
            ("cdn:65536", HostError::Port, "the port must be a number from 1 to 65535"),
            ("cdn:+80", HostError::Port, "the port must be a number from 1 to 65535"),
            ("::1", HostError::Port, "the port must be a number from 1 to 65535"),
        ] {
            assert_eq!(Host::parse(text.as_bytes()), Err(error), "{text}");
            assert_eq!(error.to_string(), words);
        }
        assert!(Host::parse("a".repeat(63).as_bytes()).is_ok());
        assert!(Host::parse(format!("{}a", "a.".repeat(126)).as_bytes()).is_ok());
    }
}
