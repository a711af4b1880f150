//! What the cache headers of a response say, as plain bytes.

/// Whether a header line tells a cache how long, or whether, to store a response.
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

/// Whether a header line is for one kind of cache, which prefers it to Cache-Control: nginx's own X-Accel-Expires,
/// Surrogate-Control, Edge-Control, and CDN-Cache-Control with any prefix (RFC 9213).
fn is_targeted(name: &[u8]) -> bool {
    let is = |other: &[u8]| name.eq_ignore_ascii_case(other);
    let ending = name.len().checked_sub(CDN_CACHE_CONTROL.len()).and_then(|at| name.get(at..));
    is(b"X-Accel-Expires")
        || is(b"Surrogate-Control")
        || is(b"Edge-Control")
        || ending.is_some_and(|ending| ending.eq_ignore_ascii_case(CDN_CACHE_CONTROL))
}

/// Whether a header line decides already which caches may store the response.
pub(crate) fn decides(name: &[u8], value: &[u8]) -> bool {
    if name.eq_ignore_ascii_case(CACHE_CONTROL) {
        directives(value).any(is_decision)
    } else {
        is_targeted(name)
    }
}

/// Whether one directive of Cache-Control decides who may store the response. With a list of fields, `private` and
/// `no-cache` are only about these fields.
fn is_decision(directive: &[u8]) -> bool {
    let name = directive.split(|&byte| byte == b'=').next().unwrap_or_default();
    let has_value = name.len() < directive.len();
    let is = |other: &[u8]| name.trim_ascii_end().eq_ignore_ascii_case(other);
    is(b"public") || is(b"s-maxage") || is(b"no-store") || !has_value && (is(b"private") || is(b"no-cache"))
}

/// The directives of a Cache-Control line. A comma within quotes does not end one.
fn directives(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let (mut quoted, mut escaped) = (false, false);
    let ends = move |&byte: &u8| {
        if escaped {
            escaped = false;
        } else if quoted && byte == b'\\' {
            escaped = true;
        } else if byte == b'"' {
            quoted = !quoted;
        }
        byte == b',' && !quoted
    };
    value.split(ends).map(<[u8]>::trim_ascii)
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
    fn who_may_store_is_decided() {
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
    fn who_may_store_is_open() {
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
