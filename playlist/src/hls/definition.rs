//! One `EXT-X-DEFINE` tag.

use pta_http::path::unescape;
use pta_http::query::arguments;

use crate::hls::attributes::Attributes;
use crate::memory::push;
use crate::stop::Stop;

/// What a tag defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Definition<'p> {
    /// `NAME` and `VALUE`.
    Value { name: &'p [u8], value: &'p [u8] },
    /// `QUERYPARAM`: the value is in the query of the playlist's URL.
    Query { name: &'p [u8] },
    /// `IMPORT`: the value is in the multivariant playlist.
    Import { name: &'p [u8] },
}

impl<'p> Definition<'p> {
    /// Reads the attributes of a tag. None if they are not exactly those of one definition: then
    /// clients may disagree about what is defined.
    pub(crate) fn parse(list: &'p [u8]) -> Option<Self> {
        let mut attributes = Attributes::new(list);
        let (first, second) = (attributes.next()?, attributes.next());
        let read =
            |attribute: crate::hls::attributes::Attribute<'p>| Some((attribute.name, attribute.quoted()?));
        let definition = match (read(first)?, second) {
            ((b"QUERYPARAM", name), None) => Self::Query { name },
            ((b"IMPORT", name), None) => Self::Import { name },
            ((first, text), Some(second)) => match (first, text, read(second)?) {
                (b"NAME", name, (b"VALUE", value)) | (b"VALUE", value, (b"NAME", name)) => {
                    Self::Value { name, value }
                }
                _ => return None,
            },
            _ => return None,
        };
        attributes.is_whole().then_some(definition)
    }

    pub(crate) fn name(&self) -> &'p [u8] {
        let (Self::Value { name, .. } | Self::Query { name } | Self::Import { name }) = self;
        name
    }
}

/// The values that clients may read from the argument `name` of a query: as it is, and decoded in
/// two ways. Not one if the argument is missing, or not the only one of its name.
pub(crate) fn query_values(query: &[u8], name: &[u8]) -> Result<Vec<Vec<u8>>, Stop> {
    let mut values = Vec::new();
    for argument in arguments(query) {
        let equals = memchr::memchr(b'=', argument);
        let (found, value) = argument.split_at_checked(equals.unwrap_or(argument.len())).unwrap_or_default();
        if decode(found, false)? != name {
            continue;
        }
        if equals.is_none() || !values.is_empty() {
            return Ok(Vec::new());
        }
        let value = value.get(1..).unwrap_or_default();
        push(&mut values, crate::memory::copy(value)?)?;
        push(&mut values, decode(value, false)?)?;
        push(&mut values, decode(value, true)?)?;
        values.dedup();
    }
    Ok(values)
}

/// Decodes escapes, and `+` if it stands for a blank.
fn decode(text: &[u8], is_form: bool) -> Result<Vec<u8>, Stop> {
    let mut decoded = Vec::new();
    crate::memory::grow(&mut decoded, text.len())?;
    let mut rest = text;
    while let Some((&first, behind)) = rest.split_first() {
        let (byte, behind) = match first {
            b'+' if is_form => (b' ', behind),
            _ => unescape(rest).unwrap_or((first, behind)),
        };
        decoded.push(byte);
        rest = behind;
    }
    Ok(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(list: &str) -> Option<Definition<'_>> {
        Definition::parse(list.as_bytes())
    }

    #[test]
    fn a_tag_defines_one_variable() {
        let value = Some(Definition::Value { name: b"a", value: b"x" });
        assert_eq!(parse("NAME=\"a\",VALUE=\"x\""), value);
        assert_eq!(parse("VALUE=\"x\", NAME=\"a\" \r"), value);
        assert_eq!(parse("QUERYPARAM=\"q\""), Some(Definition::Query { name: b"q" }));
        assert_eq!(parse("IMPORT=\"i\""), Some(Definition::Import { name: b"i" }));
        assert_eq!(parse("IMPORT=\"i\"").unwrap().name(), b"i");
    }

    #[test]
    fn a_tag_with_other_attributes_is_unclear() {
        for list in [
            "",
            "NAME=\"a\"",
            "VALUE=\"x\"",
            "NAME=\"a\",VALUE=x",
            "NAME=a,VALUE=\"x\"",
            "NAME=\"a\",NAME=\"b\"",
            "NAME=\"a\",VALUE=\"x\",VALUE=\"y\"",
            "NAME=\"a\",VALUE=\"x\",X-NAME=\"b\"",
            "NAME=\"a\",VALUE=\"x\",",
            "NAME=\"a\",VALUE=\"x\"y",
            "NAME=\"a\",IMPORT=\"b\"",
            "QUERYPARAM=\"a\",IMPORT=\"b\"",
            "QUERYPARAM=a",
            "IMPORT=\"a\",junk",
        ] {
            assert_eq!(parse(list), None, "{list}");
        }
    }

    #[track_caller]
    fn assert_values(query: &str, expected: &[&str]) {
        let values = query_values(query.as_bytes(), b"q").unwrap();
        let values: Vec<_> = values.iter().map(|value| std::str::from_utf8(value).unwrap()).collect();
        assert_eq!(values, expected, "{query}");
    }

    #[test]
    fn a_value_of_the_query_is_read_in_each_way() {
        assert_values("q=x", &["x"]);
        assert_values("a=b&q=x&c", &["x"]);
        assert_values("q=", &[""]);
        assert_values("%71=x", &["x"]);
        assert_values("q=a%2Fb", &["a%2Fb", "a/b"]);
        assert_values("q=a+b", &["a+b", "a b"]);
        assert_values("q=a+%2f", &["a+%2f", "a+/", "a /"]);
        assert_values("q=%zz=", &["%zz="]);
    }

    #[test]
    fn a_query_without_the_only_argument_has_no_value() {
        for query in ["", "q", "Q=x", "a=q", "q=x&q=x", "q=x&%71=y", "q=x&q", "qq=x"] {
            assert_values(query, &[]);
        }
    }
}
