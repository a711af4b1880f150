//! The servers of a configuration, and the one that was meant.

use std::collections::BTreeSet;
use std::path::Path;

use super::block::{Conf, Directive};
use super::settings::Settings;
use crate::keys::Keys;

#[derive(Debug)]
pub(super) enum Error {
    /// Has its place in it.
    Located(String),
    /// About the configuration as a whole.
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
    settings: Settings,
}

/// The keys of the servers that `name` means, which must agree.
pub(super) fn keys(conf: &Conf, name: Option<&str>) -> Result<Keys, Error> {
    let mut servers = servers(&conf.directives)?;
    if let Some(name) = name {
        servers =
            named(servers, name).ok_or_else(|| Error::Overall(format!("there is no server \"{name}\"")))?;
    }
    let mut found: Option<Keys> = None;
    let mut names = BTreeSet::new();
    let mut differ = false;
    for server in &servers {
        let keys = server.settings.keys(&conf.folder)?;
        // Often the server for plain HTTP beside that for HTTPS.
        if keys.first.is_none() && keys.second.is_none() {
            continue;
        }
        names.insert(server.names.first().map_or_else(String::new, |name| quoted(name)));
        match &found {
            None => found = Some(keys),
            Some(others) => differ |= *others != keys,
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
    found.ok_or_else(|| {
        Error::Overall(match name {
            Some(name) => format!("server \"{name}\" has no complete key pair (pta_1st_key and pta_1st_iv)"),
            None => "no server has a complete key pair (pta_1st_key and pta_1st_iv)".to_owned(),
        })
    })
}

fn servers(directives: &[Directive]) -> Result<Vec<Server<'_>>, String> {
    let mut servers = Vec::new();
    for http in blocks(directives, b"http") {
        let above = Settings::of(http)?;
        for server in blocks(http, b"server") {
            let names = server.iter().filter(|directive| directive.name == b"server_name");
            let names = names.flat_map(|directive| directive.values.iter().map(Vec::as_slice)).collect();
            servers.push(Server { names, settings: Settings::of(server)?.or(&above) });
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

/// The servers that nginx would choose between for `name`: its own, or else those of the longest pattern.
fn named<'a>(servers: Vec<Server<'a>>, name: &str) -> Option<Vec<Server<'a>>> {
    let fit =
        |server: &Server<'_>| server.names.iter().filter_map(|pattern| fit(pattern, name.as_bytes())).max();
    let best = servers.iter().filter_map(fit).max()?;
    Some(servers.into_iter().filter(|server| fit(server) == Some(best)).collect())
}

/// How well a server_name fits: exact before `*.name` before `name.*`, longer before shorter. Regular
/// expressions only as they are written.
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
    fn names_fit_as_nginx_ranks_them() {
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
