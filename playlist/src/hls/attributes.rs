//! The attribute list of a tag: `NAME=value,NAME="value"`.

use crate::characters::trim;

/// An attribute that is followed by a comma or by the end of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Attribute<'p> {
    pub(crate) name: &'p [u8],
    value: Value<'p>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value<'p> {
    Quoted(&'p [u8]),
    Bare,
}

impl<'p> Attribute<'p> {
    /// The value between the quotes, if it is quoted.
    pub(crate) fn quoted(&self) -> Option<&'p [u8]> {
        match self.value {
            Value::Quoted(value) => Some(value),
            Value::Bare => None,
        }
    }
}

/// Reads a list up to what is no attribute.
pub(crate) struct Attributes<'p> {
    /// None at the end of the list, or behind what is no attribute.
    rest: Option<&'p [u8]>,
    is_whole: bool,
}

impl<'p> Attributes<'p> {
    pub(crate) fn new(list: &'p [u8]) -> Self {
        Self { rest: Some(list), is_whole: false }
    }

    /// Whether everything was an attribute.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_whole
    }

    fn read(&mut self, list: &'p [u8]) -> Option<Attribute<'p>> {
        let list = skip_blanks(list);
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        let (name, rest) = list.split_at_checked(list.iter().position(|byte| !is_name(byte))?)?;
        let rest = rest.strip_prefix(b"=").filter(|_| !name.is_empty())?;
        let (value, rest) = match rest {
            [b'"', rest @ ..] => {
                let (value, rest) = rest.split_at_checked(memchr::memchr(b'"', rest)?)?;
                (Value::Quoted(value), rest.get(1..)?)
            }
            _ => (Value::Bare, rest.get(memchr::memchr(b',', rest).unwrap_or(rest.len())..)?),
        };
        match rest {
            [b',', rest @ ..] => self.rest = Some(rest),
            // The blanks and the carriage return at the end of a line.
            _ if trim(rest).is_empty() => self.is_whole = true,
            _ => return None,
        }
        Some(Attribute { name, value })
    }
}

impl<'p> Iterator for Attributes<'p> {
    type Item = Attribute<'p>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let list = self.rest.take()?;
        self.read(list)
    }
}

fn skip_blanks(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = text {
        text = rest;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_read(list: &str, expected: &[(&str, Option<&str>)], is_whole: bool) {
        let mut attributes = Attributes::new(list.as_bytes());
        let found: Vec<_> = attributes
            .by_ref()
            .map(|attribute| (attribute.name, attribute.quoted()))
            .map(|(name, value)| {
                (std::str::from_utf8(name).unwrap(), value.map(|value| std::str::from_utf8(value).unwrap()))
            })
            .collect();
        assert_eq!((&found[..], attributes.is_whole()), (expected, is_whole), "{list}");
        assert_eq!(attributes.next(), None);
    }

    #[test]
    fn names_and_values_are_read() {
        assert_read("A=1,B=\"x\",C-2=0xff", &[("A", None), ("B", Some("x")), ("C-2", None)], true);
        assert_read("A=\"x,B=y\",C=\"\"", &[("A", Some("x,B=y")), ("C", Some(""))], true);
        assert_read(" A=1, \tB=2", &[("A", None), ("B", None)], true);
        assert_read("A=,B=\"x\"", &[("A", None), ("B", Some("x"))], true);
        assert_read("A=a\"b,B=\"x\"", &[("A", None), ("B", Some("x"))], true);
    }

    #[test]
    fn blanks_at_the_end_of_the_line_do_not_count() {
        assert_read("A=\"x\" \t\r", &[("A", Some("x"))], true);
        assert_read("A=1\r", &[("A", None)], true);
    }

    #[test]
    fn reading_stops_at_what_is_no_attribute() {
        assert_read("", &[], false);
        assert_read("2.0,title, A=\"x\"", &[], false);
        assert_read("-1 A=\"x\",B=\"y\"", &[], false);
        assert_read("=1,A=\"x\"", &[], false);
        assert_read("A=\"x\",junk,B=\"y\"", &[("A", Some("x"))], false);
        assert_read("A=\"x\",", &[("A", Some("x"))], false);
        assert_read("A =\"x\"", &[], false);
        assert_read("A= \"x\",B=\"y\"", &[("A", None), ("B", Some("y"))], true);
    }

    #[test]
    fn a_quoted_value_ends_the_attribute() {
        assert_read("A=\"x", &[], false);
        assert_read("A=\"x\"y,B=\"z\"", &[], false);
        assert_read("A=\"x\" ,B=\"z\"", &[], false);
    }
}
