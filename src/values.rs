//! Values of directives, as plain bytes: what they may be and what they mean.

/// The status for each verdict that refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Statuses {
    pub(crate) missing: u16,
    pub(crate) malformed: u16,
    pub(crate) undecryptable: u16,
    pub(crate) expired: u16,
    pub(crate) path_mismatch: u16,
}

impl Default for Statuses {
    fn default() -> Self {
        Self { missing: 400, malformed: 400, undecryptable: 403, expired: 410, path_mismatch: 403 }
    }
}

impl Statuses {
    const fn uniform(code: u16) -> Self {
        Self { missing: code, malformed: code, undecryptable: code, expired: code, path_mismatch: code }
    }
}

/// What is wrong with a parameter, and with which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ParameterError {
    pub(crate) at: usize,
    pub(crate) problem: Problem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// Neither a code nor `verdict=code`.
    Form,
    UnknownVerdict,
    /// Not a code that a refusal can have.
    OutOfRange,
    /// A code for all verdicts, beside other parameters.
    NotAlone,
    Duplicate,
}

/// The verdicts that `pta_refuse_status` knows.
pub(crate) const VERDICTS: [&str; 5] = ["missing", "malformed", "undecryptable", "expired", "path_mismatch"];

/// The parameters of `pta_refuse_status`: one code for all verdicts, or `verdict=code` for some.
pub(crate) fn statuses(parameters: &[&[u8]]) -> Result<Statuses, ParameterError> {
    let mut statuses = Statuses::default();
    let mut seen = Vec::new();
    for (at, parameter) in parameters.iter().enumerate() {
        let error = |problem| ParameterError { at, problem };
        let text = str::from_utf8(parameter).map_err(|_| error(Problem::Form))?;
        let Some((verdict, code)) = text.split_once('=') else {
            if !is_number(text) {
                return Err(error(Problem::Form));
            }
            if parameters.len() > 1 {
                return Err(error(Problem::NotAlone));
            }
            return parse_code(text).map(Statuses::uniform).ok_or(error(Problem::OutOfRange));
        };
        let slot = match verdict {
            "missing" => &mut statuses.missing,
            "malformed" => &mut statuses.malformed,
            "undecryptable" => &mut statuses.undecryptable,
            "expired" => &mut statuses.expired,
            "path_mismatch" => &mut statuses.path_mismatch,
            _ => return Err(error(Problem::UnknownVerdict)),
        };
        *slot = parse_code(code).ok_or(error(Problem::OutOfRange))?;
        if seen.contains(&verdict) {
            return Err(error(Problem::Duplicate));
        }
        seen.push(verdict);
    }
    Ok(statuses)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit())
}

fn parse_code(text: &str) -> Option<u16> {
    text.parse().ok().filter(|code| is_number(text) && (400..=599).contains(code))
}

/// Whether a name needs no escaping in a query, and is a token of RFC 6265 as a cookie's name.
pub(crate) fn is_name(name: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    !name.is_empty() && name.iter().all(plain)
}

/// Splits the path of the directive at its one `*`; `\*` is a literal star. Only a star that stands in the directive
/// is a wildcard: one in a variable's value, which a client may have sent, is not.
pub(crate) fn split_at_wildcard(path: &[u8]) -> Option<(Vec<u8>, Option<Vec<u8>>)> {
    let (mut prefix, mut suffix) = (Vec::new(), None);
    let mut bytes = path.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte == b'*' {
            if suffix.is_some() {
                return None;
            }
            suffix = Some(Vec::new());
            continue;
        }
        let escapes = byte == b'\\' && bytes.peek() == Some(&b'*');
        let literal = if escapes { bytes.next().unwrap_or(byte) } else { byte };
        suffix.as_mut().unwrap_or(&mut prefix).push(literal);
    }
    Some((prefix, suffix))
}

/// A path pattern that means these very bytes.
pub(crate) fn escape_stars(path: &[u8]) -> Vec<u8> {
    let mut escaped = Vec::with_capacity(path.len());
    for &byte in path {
        if byte == b'*' {
            escaped.push(b'\\');
        }
        escaped.push(byte);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(path: &str) -> Option<(String, Option<String>)> {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        split_at_wildcard(path.as_bytes()).map(|(prefix, suffix)| (text(prefix), suffix.map(text)))
    }

    #[test]
    fn one_star_of_the_directive_is_the_wildcard() {
        let parts = |prefix: &str, suffix: Option<&str>| Some((prefix.to_owned(), suffix.map(str::to_owned)));
        assert_eq!(split("/a/b"), parts("/a/b", None));
        assert_eq!(split("/a/*.ts"), parts("/a/", Some(".ts")));
        assert_eq!(split("/*"), parts("/", Some("")));
        assert_eq!(split(r"/a\*/*"), parts("/a*/", Some("")));
        assert_eq!(split(r"/*/\*"), parts("/", Some("/*")));
        assert_eq!(split(r"/a\b"), parts(r"/a\b", None));
        assert_eq!(split("/*/*"), None);
    }

    #[test]
    fn stars_of_values_are_literal() {
        assert_eq!(escape_stars(b"/a*b*"), br"/a\*b\*");
        assert_eq!(escape_stars(br"/a\*"), br"/a\\*");
    }
}
