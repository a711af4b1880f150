//! A token as a `Set-Cookie` line.

use std::fmt;

use clap::{Args, ValueEnum, ValueHint};
use pta_token::PathPattern;

use crate::failure::{Failure, warn};
use crate::link::host::Host;
use crate::text::expiry;

/// The maximum length of name and value together that browsers accept, in bytes.
const MAX_LEN: usize = 4096;

/// The attributes of the cookie.
#[derive(Args)]
pub(crate) struct CookieArguments {
    /// The cookie's Domain: browsers send it to this host and its subdomains [default: only the
    /// host that sets it]
    #[arg(long, value_name = "DOMAIN", requires = "cookie", value_hint = ValueHint::Other)]
    domain: Option<String>,

    /// Which requests from other sites send the cookie: lax (links), strict (no requests) or none
    /// (all requests)
    #[arg(
        long,
        value_name = "WORD",
        requires = "cookie",
        hide_possible_values = true,
        default_value = "lax"
    )]
    samesite: SameSite,

    /// Keep a separate cookie for each site that embeds this one (for --samesite none)
    #[arg(long, requires = "cookie")]
    partitioned: bool,

    /// Omit Secure, for a site without HTTPS
    #[arg(long, requires = "cookie")]
    no_secure: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lower")]
enum SameSite {
    Lax,
    Strict,
    None,
}

impl fmt::Display for SameSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lax => "Lax",
            Self::Strict => "Strict",
            Self::None => "None",
        })
    }
}

/// The parts of a token that its cookie needs.
pub(crate) struct Cookie<'a> {
    pub(crate) name: &'a str,
    pub(crate) token: &'a str,
    pub(crate) pattern: PathPattern<'a>,
    pub(crate) expires: i64,
    pub(crate) now: i64,
}

impl CookieArguments {
    /// The `Set-Cookie` line, or the reason why browsers would drop the cookie.
    pub(crate) fn set_cookie(&self, cookie: &Cookie<'_>) -> Result<String, Failure> {
        self.check(cookie.name)?;
        // Browsers require this path for the prefix. The token itself limits the paths.
        let path = if has_prefix(cookie.name, "__Host-") { "/".to_owned() } else { path(&cookie.pattern) };
        let domain = match &self.domain {
            Some(domain) => format!("; Domain={}", checked_domain(domain)?),
            None => String::new(),
        };
        // Old clients know only Expires. Max-Age does not depend on the client's clock.
        let date = match expiry::utc(cookie.expires) {
            Some(time) => format!("; Expires={}", time.strftime("%a, %d %b %Y %H:%M:%S GMT")),
            None => String::new(),
        };
        let age = cookie.expires.saturating_sub(cookie.now).max(0);
        let secure = if self.no_secure { "" } else { "; Secure" };
        let partitioned = if self.partitioned { "; Partitioned" } else { "" };
        Ok(format!(
            "Set-Cookie: {}={}; Path={path}{domain}{date}; Max-Age={age}; HttpOnly{secure}; SameSite={}{partitioned}",
            cookie.name, cookie.token, self.samesite
        ))
    }

    /// Refuses cookies that browsers would drop silently.
    fn check(&self, name: &str) -> Result<(), Failure> {
        let refuse = |message: String| Err(Failure::Usage(message));
        if self.no_secure && self.samesite == SameSite::None {
            return refuse("--samesite none needs Secure, so it cannot be used with --no-secure".to_owned());
        }
        if self.no_secure && self.partitioned {
            return refuse("--partitioned needs Secure, so it cannot be used with --no-secure".to_owned());
        }
        for prefix in ["__Host-", "__Secure-", "__Http-"] {
            if self.no_secure && has_prefix(name, prefix) {
                return refuse(format!(
                    "a cookie named {prefix}... needs Secure, so it cannot be used with --no-secure"
                ));
            }
        }
        if self.domain.is_some() && has_prefix(name, "__Host-") {
            return refuse("a cookie named __Host-... must not have a --domain".to_owned());
        }
        Ok(())
    }

    /// Warns if browsers may drop the cookie.
    pub(crate) fn warn(&self, cookie: &Cookie<'_>, host: Option<&Host>) {
        if let (Some(domain), Some(host)) = (&self.domain, host) {
            let domain = domain.trim_start_matches('.').to_ascii_lowercase();
            let is_below =
                host.name.strip_suffix(&domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
            if !is_below {
                warn(&format!("--domain: browsers refuse a cookie for \"{domain}\" from \"{host}\""));
            }
        }
        let len = cookie.name.len().saturating_add(cookie.token.len());
        if len > MAX_LEN {
            warn(&format!("browsers refuse cookies of more than {MAX_LEN} bytes, and this one has {len}"));
        }
    }
}

/// Browsers ignore the case of letters in these prefixes.
fn has_prefix(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// Accepts only a host name, so that the domain cannot add an attribute or a line.
fn checked_domain(domain: &str) -> Result<&str, Failure> {
    let refuse = |reason: &str| Err(Failure::Usage(format!("--domain: {domain:?} {reason}")));
    // Older standards required the leading dot. Browsers ignore it.
    let name = domain.strip_prefix('.').unwrap_or(domain);
    if !name.is_ascii() {
        return refuse("must be written in ASCII (xn--...)");
    }
    let is_label = |label: &str| {
        let bytes = label.as_bytes();
        (1..=63).contains(&bytes.len())
            && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte))
            && bytes.first() != Some(&b'-')
            && bytes.last() != Some(&b'-')
    };
    if name.len() > 253 || !name.split('.').all(is_label) {
        return refuse("is not a host name");
    }
    if name.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit())) {
        return refuse("is an address: a cookie with a Domain needs a name");
    }
    Ok(name)
}

/// The longest path that covers all paths that the token allows, and that all browsers compare
/// alike.
///
/// Browsers compare the path as it is in the URL, and most bytes can be percent-encoded or not. So
/// the path ends at the last slash before the first such byte.
fn path(pattern: &PathPattern<'_>) -> String {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(byte);
    let text = pattern.as_bytes();
    let plain: String = text.iter().take_while(|byte| is_plain(byte)).copied().map(char::from).collect();
    if plain.len() == text.len() {
        return plain;
    }
    plain.rsplit_once('/').map_or_else(|| "/".to_owned(), |(folder, _)| format!("{folder}/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: CookieArguments =
        CookieArguments { domain: None, samesite: SameSite::Lax, partitioned: false, no_secure: false };

    fn cookie(name: &str, expires: i64) -> Cookie<'_> {
        let pattern = PathPattern::parse(b"/a/*").unwrap();
        Cookie { name, token: "T", pattern, expires, now: 1_735_657_200 }
    }

    #[test]
    fn the_path_covers_what_the_token_allows() {
        let path = |text: &str| path(&PathPattern::parse(text.as_bytes()).unwrap());
        assert_eq!(path("/a/b.mp4"), "/a/b.mp4");
        assert_eq!(path("/a/*"), "/a/");
        assert_eq!(path("/a/b*.ts"), "/a/");
        assert_eq!(path("/*"), "/");
        assert_eq!(path("/a*"), "/");
        assert_eq!(path(r"/a/b\*c"), "/a/");
        assert_eq!(path("/a/café/b"), "/a/");
        assert_eq!(path("/a;b/c"), "/");
    }

    #[test]
    fn an_expired_token_makes_an_expired_cookie() {
        let line = |expires| PLAIN.set_cookie(&cookie("pta", expires)).unwrap();
        assert_eq!(
            line(1_735_657_199),
            "Set-Cookie: pta=T; Path=/a/; Expires=Tue, 31 Dec 2024 14:59:59 GMT; Max-Age=0; HttpOnly; Secure; SameSite=Lax"
        );
        assert_eq!(
            line(expiry::LAST),
            "Set-Cookie: pta=T; Path=/a/; Expires=Fri, 31 Dec 9999 23:59:59 GMT; Max-Age=251666643599; HttpOnly; Secure; SameSite=Lax"
        );
    }

    #[test]
    fn a_domain_is_a_host_name_and_nothing_else() {
        for domain in ["example.com", ".example.com", "a-b.example_c.com", "localhost", "xn--caf-dma.example"]
        {
            assert!(checked_domain(domain).is_ok(), "{domain}");
        }
        let long = "a".repeat(64);
        for domain in [
            "",
            ".",
            "..example.com",
            "example..com",
            "example.com.",
            "a; Path=/",
            "a,b",
            "a b",
            "a\r\nX: y",
            "a=b",
            "-a",
            "a-",
            "*.example.com",
            "127.0.0.1",
            "1",
            "[::1]",
            "café.example",
            "https://a",
            "a/b",
            "a:80",
            &long,
        ] {
            assert!(checked_domain(domain).is_err(), "{domain:?}");
        }
    }

    #[test]
    fn the_rules_of_name_prefixes_are_kept() {
        let host = PLAIN.set_cookie(&cookie("__Host-pta", 1_735_657_200)).unwrap();
        assert!(host.contains("; Path=/; ") && host.contains("; Secure;"), "{host}");
        let with_domain = CookieArguments { domain: Some("example.com".to_owned()), ..PLAIN };
        let insecure = CookieArguments { no_secure: true, ..PLAIN };
        for name in ["__Host-pta", "__host-pta", "__Secure-pta", "__HTTP-pta", "__Host-Http-pta"] {
            assert!(insecure.set_cookie(&cookie(name, 0)).is_err(), "{name}");
        }
        assert!(insecure.set_cookie(&cookie("_Secure-pta", 0)).is_ok());
        assert!(with_domain.set_cookie(&cookie("__hOST-pta", 0)).is_err());
        assert!(with_domain.set_cookie(&cookie("__Secure-pta", 0)).is_ok());
    }
}
