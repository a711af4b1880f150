//! The servers of a configuration, and the choice between them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::block::{Conf, Directive};
use super::listen::Listen;
use super::locations;
use super::settings::Settings;
use crate::keys::found::FoundKeys;
use crate::keys::seal_rules::{SealRule, SealRules};
use crate::link::host::Host;

#[derive(Debug)]
pub(super) enum Error {
    /// The message contains file and line.
    Located(String),
    /// The message is about the whole configuration.
    Overall(String),
}

impl Error {
    pub(super) fn in_file(self, config: &Path) -> String {
        match self {
            Self::Located(message) => message,
            Self::Overall(message) => format!("{message} in \"{}\"", config.display()),
        }
    }
}

impl From<String> for Error {
    fn from(message: String) -> Self {
        Self::Located(message)
    }
}

struct Server<'a> {
    names: Vec<&'a [u8]>,
    listens: Vec<Listen<'a>>,
    settings: Settings,
    seal_rules: Vec<SealRule>,
}

impl Server<'_> {
    /// The rank of the name that matches best.
    fn fit(&self, name: &str) -> Option<(u8, usize)> {
        self.names.iter().filter_map(|pattern| fit(pattern, name.as_bytes())).max()
    }

    fn has_regex(&self) -> bool {
        self.names.iter().any(|name| name.starts_with(b"~"))
    }
}

/// The keys of the chosen servers, which must be the same.
pub(super) fn keys(conf: &Conf, name: Option<&str>, host: Option<&Host>) -> Result<FoundKeys, Error> {
    let servers = servers(&conf.directives)?;
    let all: Vec<&Server<'_>> = servers.iter().collect();
    match (name, host) {
        (Some(name), _) => {
            let chosen = named(&all, name);
            if chosen.is_empty() {
                return Err(Error::Overall(format!("there is no server \"{name}\"")));
            }
            let mut keys = agreed(conf, &chosen, Some(name))?.ok_or_else(|| none_complete(Some(name)))?;
            keys.warnings.extend(host.and_then(|host| not_its_host(&chosen, name, host)));
            Ok(keys)
        }
        (None, Some(host)) => {
            let chosen = for_host(&all, host);
            for choice in &chosen.in_order {
                if let Some(keys) = agreed(conf, choice, chosen.name.as_deref())? {
                    return Ok(keys);
                }
            }
            Err(none_complete(chosen.name.as_deref()))
        }
        (None, None) => agreed(conf, &all, None)?.ok_or_else(|| none_complete(None)),
    }
}

/// The servers for a host. The first choice with keys is used.
struct Choices<'s, 'a> {
    in_order: Vec<Vec<&'s Server<'a>>>,
    /// The host's name, if a server_name fits it.
    name: Option<String>,
}

fn for_host<'s, 'a>(all: &[&'s Server<'a>], host: &Host) -> Choices<'s, 'a> {
    let listening: Vec<_> = match host.port {
        Some(port) => all
            .iter()
            .copied()
            .filter(|server| server.listens.iter().any(|listen| listen.has(port)))
            .collect(),
        None => Vec::new(),
    };
    let of_all = named(all, &host.name);
    if !of_all.is_empty() {
        // The port is only preferred. It may differ behind a proxy, and nginx may redirect http://
        // to https://.
        return Choices {
            in_order: vec![named(&listening, &host.name), of_all],
            name: Some(host.name.clone()),
        };
    }
    let mut in_order = Vec::new();
    // Regular expressions are not evaluated here, so the default server may be the wrong one.
    if let Some(port) = host.port.filter(|_| !listening.iter().any(|server| server.has_regex())) {
        in_order.push(defaults(&listening, port));
    }
    in_order.push(all.to_vec());
    Choices { in_order, name: None }
}

/// The default servers of a port, one for each address: that with `default_server`, else the first.
fn defaults<'s, 'a>(listening: &[&'s Server<'a>], port: u16) -> Vec<&'s Server<'a>> {
    let mut defaults: BTreeMap<&[u8], (bool, &Server<'_>)> = BTreeMap::new();
    for server in listening {
        for listen in server.listens.iter().filter(|listen| listen.has(port)) {
            let entry = defaults.entry(listen.address).or_insert((listen.is_default, server));
            if listen.is_default && !entry.0 {
                *entry = (true, server);
            }
        }
    }
    defaults.into_values().map(|(_, server)| server).collect()
}

/// A warning if no server for the host is among the chosen ones.
fn not_its_host(chosen: &[&Server<'_>], name: &str, host: &Host) -> Option<String> {
    let may_serve = |server: &&Server<'_>| server.fit(&host.name).is_some() || server.has_regex();
    let is_same = host.name.eq_ignore_ascii_case(name.strip_suffix('.').unwrap_or(name));
    (!is_same && !chosen.iter().any(may_serve))
        .then(|| format!("--server: \"{name}\" is not the host of the URL, \"{host}\""))
}

/// The keys of these servers, which must be the same. None if no server has keys.
fn agreed(conf: &Conf, servers: &[&Server<'_>], name: Option<&str>) -> Result<Option<FoundKeys>, Error> {
    let mut found: Option<FoundKeys> = None;
    let mut rules = Vec::new();
    let mut names = BTreeSet::new();
    let mut differ = false;
    for server in servers {
        let keys = server.settings.keys(&conf.folder)?;
        // Often this is the server for plain HTTP, next to that for HTTPS.
        if keys.material.first.is_none() && keys.material.second.is_none() {
            continue;
        }
        names.insert(server.names.first().map_or_else(String::new, |name| quoted(name)));
        rules.push(server.seal_rules.clone());
        match &found {
            None => found = Some(keys),
            Some(others) => differ |= others.material != keys.material || others.name != keys.name,
        }
    }
    if differ {
        let message = if let Some(name) = name {
            format!("several servers \"{name}\" have different keys")
        } else {
            let names: Vec<String> = names.into_iter().filter(|name| !name.is_empty()).collect();
            format!("servers have different keys, choose one by --server: {}", names.join(", "))
        };
        return Err(Error::Overall(message));
    }
    Ok(found.map(|keys| FoundKeys { seal_rules: SealRules::new(rules, keys.material.require_seal), ..keys }))
}

fn none_complete(name: Option<&str>) -> Error {
    const NEEDED: &str = "complete key pair (pta_1st_pair, or pta_1st_key and pta_1st_iv)";
    Error::Overall(match name {
        Some(name) => format!("server \"{name}\" has no {NEEDED}"),
        None => format!("no server has a {NEEDED}"),
    })
}

fn servers(directives: &[Directive]) -> Result<Vec<Server<'_>>, String> {
    let mut servers = Vec::new();
    for http in blocks(directives, b"http") {
        let above = Settings::of(http)?;
        for server in blocks(http, b"server") {
            let names = server.iter().filter(|directive| directive.name == b"server_name");
            let names = names.flat_map(|directive| directive.values.iter().map(Vec::as_slice)).collect();
            let listens = Listen::all(server);
            servers.push(Server {
                names,
                listens,
                settings: Settings::of(server)?.or(&above),
                seal_rules: locations::seal_rules(http, server)?,
            });
        }
    }
    Ok(servers)
}

fn blocks<'a>(directives: &'a [Directive], name: &'static [u8]) -> impl Iterator<Item = &'a [Directive]> {
    directives
        .iter()
        .filter(move |directive| directive.name == name)
        .filter_map(|found| found.block.as_deref())
}

/// The servers whose names match `name` best.
fn named<'s, 'a>(servers: &[&'s Server<'a>], name: &str) -> Vec<&'s Server<'a>> {
    let best = servers.iter().filter_map(|server| server.fit(name)).max();
    servers.iter().copied().filter(|server| best.is_some() && server.fit(name) == best).collect()
}

/// The rank of a server_name that matches `name`, as in nginx: exact before `*.name` before
/// `name.*`, longer before shorter. Regular expressions are compared as text.
fn fit(pattern: &[u8], name: &[u8]) -> Option<(u8, usize)> {
    let ends = |suffix: &[u8]| {
        let start = name.len().checked_sub(suffix.len());
        start.and_then(|start| name.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(suffix))
    };
    let exact = |own: &[u8]| own.eq_ignore_ascii_case(name);
    if exact(pattern) || pattern.strip_prefix(b".").is_some_and(exact) {
        return Some((3, 0));
    }
    let suffix = pattern.strip_prefix(b"*").unwrap_or(pattern);
    if suffix.starts_with(b".") && name.len() > suffix.len() && ends(suffix) {
        return Some((2, suffix.len()));
    }
    let prefix = pattern.strip_suffix(b"*").filter(|prefix| prefix.ends_with(b"."))?;
    let start = name.get(..prefix.len())?;
    (name.len() > prefix.len() && start.eq_ignore_ascii_case(prefix)).then_some((1, prefix.len()))
}

fn quoted(name: &[u8]) -> String {
    format!("\"{}\"", String::from_utf8_lossy(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_ranked_as_in_nginx() {
        let fit = |pattern: &str, name: &str| fit(pattern.as_bytes(), name.as_bytes());
        assert_eq!(fit("example.com", "EXAMPLE.com"), Some((3, 0)));
        assert_eq!(fit(".example.com", "example.com"), Some((3, 0)));
        assert_eq!(fit("*.example.com", "*.example.com"), Some((3, 0)));
        assert_eq!(fit(".example.com", "a.example.com"), Some((2, 12)));
        assert_eq!(fit("*.example.com", "a.b.example.com"), Some((2, 12)));
        assert_eq!(fit("example.*", "example.org"), Some((1, 8)));
        assert_eq!(fit("*.example.com", "example.com"), None);
        assert_eq!(fit("example.com", "a.example.com"), None);
        assert_eq!(fit("example.*", "example."), None);
        assert_eq!(fit("~^(www\\.)?example", "example"), None);
    }
}
