//! Reads the vectors.

use std::fs;
use std::path::PathBuf;

use pta_http::name::TokenName;
use pta_playlist::{Host, Outcome, Port, Request, Scheme, Settings, Skip, Token, rewrite};
use pta_token::PathPattern;
use serde::Deserialize;

#[derive(Deserialize)]
struct Index {
    token: String,
    vectors: Vec<Vector>,
}

/// The vectors of this crate's own, with their texts.
#[derive(Deserialize)]
struct Own {
    vectors: Vec<Vector>,
}

/// A playlist, and what it is rewritten to.
#[derive(Deserialize)]
pub(crate) struct Vector {
    pub(crate) name: String,
    pub(crate) reason: String,
    kind: String,
    #[serde(default = "default_request")]
    request: String,
    #[serde(default = "default_path")]
    token_path: String,
    #[serde(default = "default_name")]
    argname: String,
    #[serde(default)]
    hosts: Vec<String>,
    #[serde(default)]
    skip: Vec<String>,
    #[serde(default, rename = "in")]
    lines: Option<Vec<String>>,
    #[serde(default, rename = "out")]
    rewritten: Option<Vec<String>>,
    /// Signed and seen: `1/2`.
    #[serde(default)]
    pub(crate) counts: Option<String>,
    #[serde(default)]
    pub(crate) useless: Option<bool>,
    #[serde(default)]
    pub(crate) other_base: Option<bool>,
    /// If it is not rewritten: why.
    #[serde(default)]
    pub(crate) outcome: Option<String>,
    #[serde(skip)]
    token: String,
}

fn default_request() -> String {
    "https://media.example.com/live/ch1/master.m3u8".to_owned()
}

fn default_path() -> String {
    "/live/*".to_owned()
}

fn default_name() -> String {
    "pta".to_owned()
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

/// All vectors.
pub(crate) fn vectors() -> Vec<Vector> {
    let read = |name| fs::read(folder().join(name)).unwrap();
    let Index { token, mut vectors } = serde_json::from_slice(&read("index.json")).unwrap();
    assert_eq!(vectors.len(), 37);
    vectors.extend(serde_json::from_slice::<Own>(&read("own.json")).unwrap().vectors);
    for vector in &mut vectors {
        vector.token.clone_from(&token);
    }
    vectors
}

impl Vector {
    fn read(&self, part: &str) -> Vec<u8> {
        let path = folder().join(format!("{}.{part}.{}", self.name, self.kind));
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    pub(crate) fn input(&self) -> Vec<u8> {
        self.lines.as_ref().map_or_else(|| self.read("in"), |lines| lines.join("\n").into_bytes())
    }

    pub(crate) fn output(&self) -> Vec<u8> {
        match (&self.lines, &self.rewritten) {
            (None, _) => self.read("out"),
            (Some(_), None) => self.input(),
            (Some(_), Some(lines)) => lines.join("\n").replace("TOKEN", &self.token).into_bytes(),
        }
    }

    /// What `playlist` becomes if it answers the request of this vector.
    pub(crate) fn outcome<'p>(&self, playlist: &'p [u8]) -> Outcome<'p> {
        let (scheme, rest) = self.request.split_once("://").unwrap();
        let (host_line, _) = rest.split_once('/').unwrap();
        let (path, query) = rest[host_line.len()..].split_once('?').unwrap_or((&rest[host_line.len()..], ""));
        let request = Request {
            scheme: Scheme::parse(scheme.as_bytes()).unwrap(),
            host: host_line.split(':').next().unwrap().as_bytes(),
            port: Port::in_host_line(host_line.as_bytes()),
            path: path.as_bytes(),
            query: query.as_bytes(),
        };
        let pattern = PathPattern::parse(self.token_path.as_bytes()).unwrap();
        let name = TokenName::parse(self.argname.as_bytes()).unwrap();
        let token = Token::new(name, self.token.as_bytes(), pattern).unwrap();
        let hosts: Vec<Host> = self.hosts.iter().map(|host| Host::parse(host.as_bytes()).unwrap()).collect();
        let mut skip = Skip::default();
        for word in &self.skip {
            skip.add(word.as_bytes()).unwrap();
        }
        rewrite(playlist, &request, &token, &Settings { hosts: &hosts, skip, max_size: 1 << 20 })
    }
}
