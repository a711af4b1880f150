//! A request for a playlist, and where its token may go: by the URL parser of browsers.

use pta_http::name::TokenName;
use pta_playlist::{Host, Outcome, Port, Request, Rewritten, Scheme, Settings, Skip, Token, rewrite};
use pta_token::PathPattern;
use url::{Position, Url};

pub const TOKEN: &str = "3a87be18f22a7df3d1c1ceadd9ad10ac";

const HOST: &str = "media.example.com";

/// A host of `pta_playlist_hosts`.
const OTHER: &str = "cdn.example.com";

/// The playlist's URL without its query, and the port of the Host line.
const URLS: [(&str, Port); 4] = [
    ("https://media.example.com/live/ch1/m", Port::Absent),
    ("http://media.example.com/live/ch1/m", Port::Number(80)),
    ("https://media.example.com:8443/live//a%2Fb/m", Port::Number(8443)),
    ("http://media.example.com/m", Port::Absent),
];

const PATTERNS: [&[u8]; 4] = [b"/*", b"/live/*", b"/live/ch1/*.ts", b"/live/ch1/m"];

/// The request that an input chooses.
pub struct Site {
    pub url: Url,
    raw_path: &'static str,
    query: Vec<u8>,
    port: Port,
    pattern: PathPattern<'static>,
    hosts: Vec<Host>,
}

impl Site {
    /// None if the query is no part of a URL.
    pub fn new(choice: u8, query: &[u8]) -> Option<Self> {
        let (text, port) = URLS[usize::from(choice & 3)];
        let pattern = PathPattern::parse(PATTERNS[usize::from(choice >> 2 & 3)]).ok()?;
        let hosts = if choice & 16 == 0 { vec![] } else { vec![Host::parse(OTHER.as_bytes()).ok()?] };
        let query_text = std::str::from_utf8(query).ok()?;
        // What a client sends in a request line.
        if !query.iter().all(|byte| byte.is_ascii_graphic() && !b"#\"<>'".contains(byte)) {
            return None;
        }
        let url = Url::parse(&format!("{text}?{query_text}")).ok()?;
        let raw_path = &text[text.match_indices('/').nth(2)?.0..];
        Some(Self { url, raw_path, query: query.to_vec(), port, pattern, hosts })
    }

    /// What the playlist is rewritten to. None if it stays as it is.
    pub fn rewritten(&self, playlist: &[u8]) -> Option<Vec<u8>> {
        let request = Request {
            scheme: Scheme::parse(self.url.scheme().as_bytes())?,
            host: HOST.as_bytes(),
            port: self.port,
            path: self.raw_path.as_bytes(),
            query: &self.query,
        };
        let token = Token::new(TokenName::parse(b"pta")?, TOKEN.as_bytes(), self.pattern)?;
        let settings = Settings { hosts: &self.hosts, skip: Skip::default(), max_size: 1 << 20 };
        let Outcome::Rewritten(Rewritten { text, counts, .. }) =
            rewrite(playlist, &request, &token, &settings)
        else {
            return None;
        };
        assert!(counts.signed <= counts.seen);
        assert!(counts.signed > 0 || text == playlist || !holds_token(&text));
        Some(text.into_owned())
    }

    /// What is true of every URL that a client asks for.
    pub fn check(&self, url: &Url) {
        if !holds_token(url[..Position::AfterQuery].as_bytes()) {
            return;
        }
        let is_downgrade = self.url.scheme() == "https" && url.scheme() != "https";
        assert!(matches!(url.scheme(), "http" | "https") && !is_downgrade, "the token goes to {url}");
        assert!(url.username().is_empty() && url.password().is_none(), "the token goes to {url}");
        let is_default = url.port().is_none();
        let is_ours = url.host_str() == Some(HOST)
            && (url.port() == self.url.port() || is_default && self.url.port().is_none());
        let is_other = url.host_str() == Some(OTHER) && !self.hosts.is_empty() && is_default;
        assert!(is_ours || is_other, "the token goes to {url}");
    }

    /// What is true of a reference that was signed: the path stays, and the check finds the token.
    pub fn check_signed(&self, before: &Url, signed: &Url) {
        self.check(signed);
        assert_eq!(before.path(), signed.path());
        assert_eq!(before.host_str(), signed.host_str());
        let is_token =
            |argument: &&str| argument.get(..4).is_some_and(|name| name.eq_ignore_ascii_case("pta="));
        let first = signed.query().and_then(|query| query.split('&').find(is_token));
        assert_eq!(first.map(|argument| &argument[4..]), Some(TOKEN), "{signed}");
    }
}

/// Whether the token is anywhere in a text.
pub fn holds_token(text: &[u8]) -> bool {
    text.windows(TOKEN.len()).any(|part| part == TOKEN.as_bytes())
}
