//! Reads the caching headers of a response.

/// Whether a header controls whether or how long a cache stores a response.
pub(crate) fn is_cache_header(name: &[u8]) -> bool {
    let is = |other: &[u8]| name.eq_ignore_ascii_case(other);
    match name.len() {
        6 => is(b"Pragma"),
        7 => is(b"Expires"),
        13 if is(CACHE_CONTROL) => true,
        _ => is_targeted(name),
    }
}

const CACHE_CONTROL: &[u8] = b"Cache-Control";
const CDN_CACHE_CONTROL: &[u8] = b"CDN-Cache-Control";

/// Whether a header is for one kind of cache, which prefers it to Cache-Control: nginx's own
/// X-Accel-Expires, Surrogate-Control, Edge-Control, and CDN-Cache-Control with any prefix (RFC
/// 9213).
pub(crate) fn is_targeted(name: &[u8]) -> bool {
    let is = |other: &[u8]| name.eq_ignore_ascii_case(other);
    let ending = name.len().checked_sub(CDN_CACHE_CONTROL.len()).and_then(|at| name.get(at..));
    is(b"X-Accel-Expires")
        || is(b"Surrogate-Control")
        || is(b"Edge-Control")
        || ending.is_some_and(|ending| ending.eq_ignore_ascii_case(CDN_CACHE_CONTROL))
}

/// Whether a header line already decides which caches may store the response.
pub(crate) fn decides(name: &[u8], value: &[u8]) -> bool {
    if name.eq_ignore_ascii_case(CACHE_CONTROL) { has_decision(value) } else { is_targeted(name) }
}

pub(crate) fn is_cache_control(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(CACHE_CONTROL)
}

/// Whether a Cache-Control keeps the response out of shared caches.
pub(crate) fn keeps_private(value: &[u8]) -> bool {
    has_directive(value, |name, has_value| {
        let is = |other: &[u8]| name.eq_ignore_ascii_case(other);
        is(b"no-store") || !has_value && (is(b"private") || is(b"no-cache"))
    })
}

/// Whether a Cache-Control has `no-store`.
pub(crate) fn forbids_storing(value: &[u8]) -> bool {
    has_directive(value, |name, _| name.eq_ignore_ascii_case(b"no-store"))
}

/// Whether one of the directives of Cache-Control decides who may store the response.
fn has_decision(value: &[u8]) -> bool {
    has_directive(value, is_decision)
}

/// Whether `is_wanted` is true for the name of a directive, and for whether it has a value.
fn has_directive(mut rest: &[u8], is_wanted: impl Fn(&[u8], bool) -> bool) -> bool {
    while !rest.is_empty() {
        let end = rest.iter().position(|&byte| byte == b'=' || byte == b',').unwrap_or(rest.len());
        let (name, behind) = rest.split_at_checked(end).unwrap_or_default();
        let has_value = behind.first() == Some(&b'=');
        if is_wanted(name.trim_ascii(), has_value) {
            return true;
        }
        rest = if has_value { behind_value(behind) } else { behind.get(1..).unwrap_or_default() };
    }
    false
}

/// The value of `private` and `no-cache` is a list of header fields. With a value, the directive is
/// only about these fields.
fn is_decision(name: &[u8], has_value: bool) -> bool {
    let is = |other: &[u8]| name.eq_ignore_ascii_case(other);
    match name.len() {
        6 => is(b"public"),
        7 => !has_value && is(b"private"),
        8 => is(b"s-maxage") || is(b"no-store") || !has_value && is(b"no-cache"),
        _ => false,
    }
}

/// The text after the comma that ends a directive's value. A comma in quotes does not end the
/// value.
fn behind_value(value: &[u8]) -> &[u8] {
    let (mut quoted, mut escaped) = (false, false);
    let end = value.iter().position(|&byte| {
        if escaped {
            escaped = false;
        } else if quoted && byte == b'\\' {
            escaped = true;
        } else if byte == b'"' {
            quoted = !quoted;
        }
        byte == b',' && !quoted
    });
    end.and_then(|end| value.get(end.saturating_add(1)..)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cache_headers_by_name() {
        for name in [
            "Cache-Control",
            "cache-control",
            "EXPIRES",
            "Pragma",
            "X-Accel-Expires",
            "surrogate-control",
            "Edge-Control",
            "CDN-Cache-Control",
            "Cloudflare-CDN-Cache-Control",
            "netlify-cdn-cache-control",
        ] {
            assert!(is_cache_header(name.as_bytes()), "{name}");
        }
        for name in [
            "",
            "Cache",
            "Cache-Control2",
            "X-Cache-Control",
            "CDN-Cache-Control-X",
            "Expires-X",
            "Pragmas",
            "Age",
        ] {
            assert!(!is_cache_header(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn values_that_keep_a_response_private() {
        for value in ["private", "max-age=60, Private", "no-cache", "NO-STORE", r#"x="a,b", private"#] {
            assert!(keeps_private(value.as_bytes()), "{value}");
        }
        for value in ["", "public", "max-age=60", "s-maxage=1", r#"private="X""#, r#"no-cache="a, private""#]
        {
            assert!(!keeps_private(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn headers_that_decide_who_may_store() {
        for value in [
            "public",
            "max-age=60, public",
            "PRIVATE",
            "max-age=60,private",
            "no-cache",
            "No-Store",
            "s-maxage=60",
            "S-MaxAge = 60",
            "max-age=1 ,\tpublic ",
            r#"private="Set-Cookie", public"#,
            r#"x="a\"", no-store"#,
        ] {
            assert!(decides(b"Cache-Control", value.as_bytes()), "{value}");
            assert!(decides(b"cache-control", value.as_bytes()), "{value}");
        }
        for name in ["X-Accel-Expires", "Surrogate-Control", "Edge-Control", "X-CDN-Cache-Control"] {
            assert!(decides(name.as_bytes(), b"x"), "{name}");
        }
    }

    #[test]
    fn headers_that_do_not_decide_who_may_store() {
        for value in [
            "",
            "max-age=60",
            "publicly",
            "x-public",
            "immutable, must-revalidate",
            r#"private="Set-Cookie""#,
            r#"no-cache = "Set-Cookie", max-age=60"#,
            "private=",
            r#"private="Set-Cookie, public, no-store""#,
            r#"x="a\", public""#,
            r#"x="public, no-store"#,
            "max-age=60; private",
        ] {
            assert!(!decides(b"Cache-Control", value.as_bytes()), "{value}");
        }
        for name in ["Expires", "Pragma", "ETag", "Vary"] {
            assert!(!decides(name.as_bytes(), b"private"), "{name}");
        }
    }
}
