//! `listen` directives: the addresses and ports of a server.

use std::str;

use super::block::Directive;

/// The port of a `listen` without one, and of a server without `listen`.
const DEFAULT_PORT: u16 = 80;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Listen<'a> {
    pub(super) address: &'a [u8],
    /// The first and the last port of a range. None for a Unix domain socket.
    ports: Option<(u16, u16)>,
    pub(super) is_default: bool,
}

impl<'a> Listen<'a> {
    /// The addresses of a server block.
    pub(super) fn all(server: &'a [Directive]) -> Vec<Self> {
        let listens = server.iter().filter(|directive| directive.name == b"listen");
        let mut all: Vec<Self> = listens.filter_map(|listen| Self::parse(&listen.values)).collect();
        if all.is_empty() {
            all.push(Self { address: b"*", ports: Some((DEFAULT_PORT, DEFAULT_PORT)), is_default: false });
        }
        all
    }

    pub(super) fn has(&self, port: u16) -> bool {
        self.ports.is_some_and(|(first, last)| (first..=last).contains(&port))
    }

    fn parse(values: &'a [Vec<u8>]) -> Option<Self> {
        let (value, parameters) = values.split_first()?;
        let is_default = parameters.iter().any(|word| word == b"default_server" || word == b"default");
        if value.starts_with(b"unix:") {
            return Some(Self { address: value, ports: None, is_default });
        }
        // The colons of an IPv6 address are in brackets.
        let colon = value
            .iter()
            .rposition(|&byte| byte == b':')
            .filter(|&at| value.get(at..).is_some_and(|behind| !behind.contains(&b']')));
        let (address, port) = match colon.and_then(|at| value.split_at_checked(at)) {
            Some((address, port)) => (address, port.get(1..)),
            None if ports(value).is_some() => (&b"*"[..], Some(value.as_slice())),
            None => (value.as_slice(), None),
        };
        let ports = match port {
            Some(port) => ports(port)?,
            None => (DEFAULT_PORT, DEFAULT_PORT),
        };
        Some(Self { address, ports: Some(ports), is_default })
    }
}

/// `8080`, or `8080-8090`.
fn ports(text: &[u8]) -> Option<(u16, u16)> {
    let text = str::from_utf8(text).ok()?;
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Some((first.parse().ok()?, last.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_ports() {
        for (value, address, ports) in [
            ("80", "*", Some((80, 80))),
            ("*:8080", "*", Some((8080, 8080))),
            ("127.0.0.1:8080", "127.0.0.1", Some((8080, 8080))),
            ("127.0.0.1", "127.0.0.1", Some((80, 80))),
            ("[::]:443", "[::]", Some((443, 443))),
            ("[::1]", "[::1]", Some((80, 80))),
            ("localhost", "localhost", Some((80, 80))),
            ("8000-8010", "*", Some((8000, 8010))),
            ("unix:/run/x:y", "unix:/run/x:y", None),
        ] {
            let values = [value.as_bytes().to_vec(), b"ssl".to_vec(), b"default_server".to_vec()];
            let listen = Listen::parse(&values).unwrap();
            assert_eq!(
                (listen.address, listen.ports, listen.is_default),
                (address.as_bytes(), ports, true),
                "{value}"
            );
        }
        assert_eq!(Listen::parse(&[b"a:x".to_vec()]), None);
    }
}
