//! The command adds the token to the query of a URL, and everything else stays. It compares the
//! path that nginx compares, which never leaves the root.
//!
//! Input: a URL, or a path.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pta_cli::link::url::Url;
use pta_fuzz::arguments;
use pta_http::path::normalise;
use pta_token::{PathPattern, escape_stars};

const TOKEN: &str = "3174ffad10cc165d58d154bdbd8a65de";

fuzz_target!(|data: &[u8]| {
    check_path(data);
    if let Ok(url) = Url::parse(data) {
        check_url(data, &url, "pta");
        check_url(data, &url, "a");
    }
});

fn check_path(raw: &[u8]) {
    let path = normalise(raw).ok();
    assert_eq!(path, pta_fuzz::nginx_path::normalise(raw));
    let Some(path) = path else { return };
    assert_eq!(path.first(), Some(&b'/'));
    let segments: Vec<&[u8]> = path[1..].split(|&byte| byte == b'/').collect();
    assert!(!segments.contains(&&b".."[..]) && !segments.contains(&&b"."[..]), "a dot segment is left");
    assert!(!segments[..segments.len() - 1].contains(&&b""[..]), "two slashes");
    // Encoded and normalised again, it is the same path.
    let escaped: Vec<u8> = path.iter().flat_map(|&byte| format!("%{byte:02X}").into_bytes()).collect();
    assert_eq!(normalise(&[b"/", &escaped[..]].concat()).as_ref(), Ok(&path));
    // A token for this path allows it.
    let escaped = escape_stars(&path);
    let pattern = PathPattern::parse(&escaped).expect("a path is a pattern");
    assert!(!pattern.is_wildcard() && pattern.matches(&path));
}

fn check_url(text: &[u8], url: &Url<'_>, name: &str) {
    let (before, query, fragment) = arguments::parts(text);
    let query = query.unwrap_or_default();
    assert_eq!(
        url.argument(name),
        if query.is_empty() { None } else { arguments::find(query, name.as_bytes()) }
    );
    let given = [url.origin(), url.raw_path()].concat();
    assert!(given == before || given == [before, b"/"].concat());
    let link = url.with_argument(name, TOKEN);
    let (link_before, link_query, link_fragment) = arguments::parts(&link);
    let link_query = link_query.expect("there is a query now");
    // If the URL had no path, it is "/" now.
    assert!(link_before == before || link_before == [before, b"/"].concat());
    assert_eq!(link_fragment, fragment);
    assert_eq!(arguments::find(link_query, name.as_bytes()), Some(TOKEN.as_bytes()));
    // The token is added once, and nothing else changes.
    let [others, link_others] = [query, link_query].map(|query| arguments::without(query, name.as_bytes()));
    assert_eq!(others, link_others);
    assert_eq!(link_query.windows(TOKEN.len()).filter(|part| *part == TOKEN.as_bytes()).count(), {
        1 + others.windows(TOKEN.len()).filter(|part| *part == TOKEN.as_bytes()).count()
    });
    let again = Url::parse(&link).expect("a link is a URL");
    assert_eq!(again.with_argument(name, TOKEN), link);
    assert_eq!(again.path(), url.path());
}
