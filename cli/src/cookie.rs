//! A token as a `Set-Cookie` line.

use jiff::Timestamp;
use pta_token::PathPattern;

/// The line for a token that allows `pattern` until `expires`.
pub(crate) fn set_cookie(
    name: &str,
    token: &str,
    pattern: &PathPattern<'_>,
    expires: i64,
    now: Timestamp,
) -> String {
    let path = path(pattern);
    // Both: old clients know Expires alone, and Max-Age does not depend on the client's clock.
    let date = match Timestamp::from_second(expires) {
        Ok(time) => format!("; Expires={}", time.strftime("%a, %d %b %Y %H:%M:%S GMT")),
        Err(_) => String::new(),
    };
    let age = expires.saturating_sub(now.as_second()).max(0);
    format!("Set-Cookie: {name}={token}; Path={path}{date}; Max-Age={age}; HttpOnly; Secure; SameSite=Lax")
}

/// The longest path that covers all that the token allows, and that browsers compare alike: they look at the
/// path as it is in the URL, and of most bytes there is more than one spelling. So it ends at the last slash before
/// the first of these.
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
    fn a_token_of_the_past_is_a_cookie_of_the_past() {
        let now = Timestamp::from_second(1_735_657_200).unwrap();
        let pattern = PathPattern::parse(b"/*").unwrap();
        assert_eq!(
            set_cookie("pta", "T", &pattern, 1_735_657_199, now),
            "Set-Cookie: pta=T; Path=/; Expires=Tue, 31 Dec 2024 14:59:59 GMT; Max-Age=0; HttpOnly; Secure; SameSite=Lax"
        );
        assert_eq!(
            set_cookie("pta", "T", &pattern, i64::MAX, now),
            "Set-Cookie: pta=T; Path=/; Max-Age=9223372035119118607; HttpOnly; Secure; SameSite=Lax"
        );
    }
}
