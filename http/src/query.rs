//! Finds the token's argument in a query, and removes it.

use core::ptr;

use memchr::memchr;

use crate::blocks::may_contain;
use crate::writer::Writer;

/// The parts of a request target: `/path?query#fragment`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target<'a> {
    /// The part before `?` and `#`.
    pub path: &'a [u8],
    /// The part between `?` and `#`. Also empty if there is no `?`.
    pub query: &'a [u8],
    /// The part from `#` on, `#` included.
    pub fragment: &'a [u8],
}

impl<'a> Target<'a> {
    /// Splits a target as nginx does. The first `#` ends the query, and the first `?` before it
    /// starts the query.
    #[cold] // usually, Self::cut succeeds
    #[must_use]
    pub fn split(target: &'a [u8]) -> Self {
        let (target, fragment) = split_before(target, b'#');
        let (path, query) = split_before(target, b'?');
        Self { path, query: query.get(1..).unwrap_or_default(), fragment }
    }

    /// Whether the target is a path without arguments. False if the path is empty: nginx may not
    /// have parsed the target yet.
    #[must_use]
    pub fn is_only_path(&self) -> bool {
        !self.path.is_empty() && self.query.is_empty() && self.fragment.is_empty()
    }

    /// Splits a target after `path`, the part of it that nginx has parsed as the path. The target
    /// must not have a fragment.
    #[inline]
    #[must_use]
    pub fn cut(target: &'a [u8], path: &[u8]) -> Option<Self> {
        if !ptr::eq(target.as_ptr(), path.as_ptr()) {
            return None;
        }
        let (path, query) = target.split_at_checked(path.len())?;
        let query = match query {
            [] => query,
            [b'?', query @ ..] => query,
            _ => return None,
        };
        Some(Self { path, query, fragment: &[] })
    }
}

#[inline]
fn split_before(bytes: &[u8], separator: u8) -> (&[u8], &[u8]) {
    bytes.split_at(memchr(separator, bytes).unwrap_or(bytes.len()))
}

/// An argument of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argument<'a> {
    /// The bytes after `=`, up to the next `&`.
    pub value: &'a [u8],
    /// The arguments before this one, with their `&`.
    before: &'a [u8],
    /// The arguments after this one, if there is another `&`.
    behind: Option<&'a [u8]>,
}

impl Argument<'_> {
    /// Whether it is enough to cut this argument and one separator out of the query:
    ///
    /// - No later argument has the same name.
    /// - The rest is not a mere separator, as it is for `?&pta=1` and `?pta=1&`.
    #[inline]
    #[must_use]
    pub fn is_single(&self, name: &[u8]) -> bool {
        match self.behind {
            None => self.before != b"&",
            Some(behind) => {
                let nothing_left = self.before.is_empty() && behind.is_empty();
                !nothing_left && find(behind, name).is_none()
            }
        }
    }

    /// Whether only the value of this single argument must be masked: neither the path nor the
    /// other arguments contain an argument by the wider rules of `mask::values`.
    #[inline]
    #[must_use]
    pub fn is_alone(&self, path: &[u8]) -> bool {
        let is_plain = |arguments: &[u8]| arguments.is_empty() || !may_contain(arguments, [b'?', b';', b'%']);
        // A path without an equals sign has no arguments.
        !may_contain(path, [b'=', b'%']) && is_plain(self.before) && self.behind.is_none_or(is_plain)
    }
}

/// The first argument `name` that has a `=`. The case of letters is ignored.
#[inline]
#[must_use]
pub fn find<'a>(query: &'a [u8], name: &[u8]) -> Option<Argument<'a>> {
    let mut rest = query;
    loop {
        if let Some(value) = behind_name(rest, name) {
            let before = query.get(..query.len().saturating_sub(rest.len())).unwrap_or_default();
            let (value, behind) = split_before(value, b'&');
            return Some(Argument { value, before, behind: behind.get(1..) });
        }
        let separator = memchr(b'&', rest)?;
        rest = rest.get(separator.saturating_add(1)..)?;
    }
}

/// Writes `query` without its arguments `name`. The others keep their order and bytes.
pub fn write_without(query: &[u8], name: &[u8], output: &mut Writer<'_>) {
    let mut separator: &[u8] = b"";
    for argument in arguments(query).filter(|argument| behind_name(argument, name).is_none()) {
        output.push(separator);
        output.push(argument);
        separator = b"&";
    }
}

/// The arguments of a query, without their separators. An empty query has one empty argument.
pub fn arguments(query: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(query);
    core::iter::from_fn(move || {
        let (argument, behind) = split_before(rest?, b'&');
        rest = behind.get(1..);
        Some(argument)
    })
}

/// The text after `name=`, if `text` begins with that.
#[inline]
#[must_use]
pub fn behind_name<'a>(text: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (found, rest) = text.split_at_checked(name.len())?;
    let value = rest.strip_prefix(b"=")?;
    // Usually the case is the same, so compare without conversion first.
    let same = |(a, b): (&u8, &u8)| a == b || a.eq_ignore_ascii_case(b);
    found.iter().zip(name).all(same).then_some(value)
}

/// The offset of `part` in `whole`. None if `part` is not in the memory of `whole`.
#[inline]
#[must_use]
pub fn position_of(part: &[u8], whole: &[u8]) -> Option<usize> {
    let start = part.as_ptr().addr().checked_sub(whole.as_ptr().addr())?;
    (start.checked_add(part.len())? <= whole.len()).then_some(start)
}

/// An argument for which [`Argument::is_single`] is true.
pub struct SoleArgument {
    /// The start of its name, after `?` or `&`.
    start: usize,
    end: usize,
}

impl SoleArgument {
    /// The argument `name` whose value is `value`. None if `value` is not in the memory of
    /// `target`.
    #[inline]
    #[must_use]
    pub fn of(value: &[u8], name: &[u8], target: &[u8]) -> Option<Self> {
        let at = position_of(value, target)?;
        let start = at.checked_sub(name.len().saturating_add(b"=".len()))?;
        Some(Self { start, end: at.saturating_add(value.len()) })
    }

    /// The parts of the target before and after the argument, without one separator next to it.
    #[inline]
    #[must_use]
    pub fn around<'t>(&self, target: &'t [u8]) -> (&'t [u8], &'t [u8]) {
        match target.get(self.end.saturating_add(1)..) {
            Some(behind) => (target.get(..self.start).unwrap_or_default(), behind),
            None => (target.get(..self.start.saturating_sub(1)).unwrap_or_default(), &[]),
        }
    }

    /// Whether `args`, which begin at `start` of the target, contain this argument and end with the
    /// target.
    #[inline]
    #[must_use]
    pub fn is_in(&self, start: usize, args: &[u8], target: &[u8]) -> bool {
        start <= self.start && start.saturating_add(args.len()) == target.len()
    }
}

#[cfg(test)]
mod tests {
    use std::str;

    use super::*;

    #[test]
    fn a_target_is_split_as_nginx_does() {
        let parts = |target: &'static str| {
            let Target { path, query, fragment } = Target::split(target.as_bytes());
            [path, query, fragment].map(|part| str::from_utf8(part).unwrap())
        };
        assert_eq!(parts("/a?b=c#d"), ["/a", "b=c", "#d"]);
        assert_eq!(parts("/a"), ["/a", "", ""]);
        assert_eq!(parts("/a?"), ["/a", "", ""]);
        assert_eq!(parts("/a?b?c"), ["/a", "b?c", ""]);
        assert_eq!(parts("/a#b?pta=c"), ["/a", "", "#b?pta=c"]);
        assert_eq!(parts("?pta=c"), ["", "pta=c", ""]);
        assert_eq!(parts(""), ["", "", ""]);
    }

    #[test]
    fn a_known_path_cuts_a_target_without_fragment() {
        let cut =
            |target: &'static str, len: usize| Target::cut(target.as_bytes(), &target.as_bytes()[..len]);
        for (target, len) in [("/a?b=c", 2), ("/a?b?c", 2), ("/a?", 2), ("/a", 2), ("/", 1)] {
            assert_eq!(cut(target, len), Some(Target::split(target.as_bytes())), "{target}");
        }
        assert_eq!(cut("/a#b", 2), None);
        // A path that is not the beginning of this very target.
        assert_eq!(Target::cut(b"/a?b", &b" /a"[1..]), None);
    }

    #[test]
    fn a_target_without_query_and_fragment_is_only_a_path() {
        let is_only_path = |target: &str| Target::split(target.as_bytes()).is_only_path();
        assert!(is_only_path("/a"));
        assert!(is_only_path("/a?"));
        for target in ["", "?", "/a?b", "/a#", "/a?b#c", "?b", "#"] {
            assert!(!is_only_path(target), "{target}");
        }
    }

    #[test]
    fn a_part_is_found_in_its_own_memory_alone() {
        let whole = b"/a?pta=1&pta=1";
        assert_eq!(position_of(&whole[7..8], whole), Some(7));
        assert_eq!(position_of(whole, whole), Some(0));
        assert_eq!(position_of(&whole[14..], whole), Some(14));
        assert_eq!(position_of(&whole[7..8], &whole[8..]), None);
        assert_eq!(position_of(&whole[7..9], &whole[..8]), None);
        assert_eq!(position_of(whole, &whole[..13]), None);
    }

    #[test]
    fn a_sole_argument_is_taken_out_with_one_separator() {
        for (target, before, behind) in [
            ("/a?pta=1", "/a", ""),
            ("/a?b&pta=1", "/a?b", ""),
            ("/a?pta=1&b", "/a?", "b"),
            ("/a?b&pta=1&c=d", "/a?b&", "c=d"),
            ("/a?b&pta=", "/a?b", ""),
        ] {
            let value = find(Target::split(target.as_bytes()).query, b"pta").unwrap().value;
            let sole = SoleArgument::of(value, b"pta", target.as_bytes()).unwrap();
            assert_eq!(sole.around(target.as_bytes()), (before.as_bytes(), behind.as_bytes()), "{target}");
        }
    }

    #[test]
    fn a_sole_argument_is_a_part_of_the_target() {
        let target = b"/a?pta=1";
        let elsewhere = target.to_vec();
        assert!(SoleArgument::of(&elsewhere[7..], b"pta", target).is_none());
        // Too little stands before the value for the name.
        assert!(SoleArgument::of(&target[3..], b"pta", target).is_none());
        assert!(SoleArgument::of(&target[4..], b"pta", target).is_some());
    }

    #[test]
    fn a_sole_argument_is_in_the_arguments_that_reach_from_before_it_to_the_end() {
        let target = b"/a?b&pta=1";
        let sole = SoleArgument::of(&target[9..], b"pta", target).unwrap();
        for (start, is_in) in [(3, true), (5, true), (6, false)] {
            assert_eq!(sole.is_in(start, &target[start..], target), is_in, "{start}");
        }
        assert!(!sole.is_in(3, &target[3..9], target));
    }

    #[test]
    fn the_first_argument_of_that_name_is_found() {
        let find = |query: &'static str| {
            find(query.as_bytes(), b"pta").map(|found| str::from_utf8(found.value).unwrap())
        };
        assert_eq!(find("pta=1"), Some("1"));
        assert_eq!(find("a=b&pta=1&pta=2"), Some("1"));
        assert_eq!(find("PTA=1"), Some("1"));
        assert_eq!(find("pTa=1"), Some("1"));
        assert_eq!(find("pta=&pta=2"), Some(""));
        assert_eq!(find("pta&pta=2"), Some("2"));
        assert_eq!(find("pta=a=b"), Some("a=b"));
        assert_eq!(find("&&pta=1"), Some("1"));
    }

    #[test]
    fn a_single_argument_is_recognised() {
        let is_single = |query: &str| find(query.as_bytes(), b"pta").unwrap().is_single(b"pta");
        for query in [
            "pta=1",
            "a=b&pta=1",
            "pta=1&a=b",
            "a&pta=1&",
            "pta=&pta",
            "pta=1?a",
            "ptax=1&pta=2&xpta=3",
            "a=?&pta=1",
        ] {
            assert!(is_single(query), "{query}");
        }
        for query in ["pta=1&pta=2", "pta=1&a&PTA=", "&pta=1", "pta=1&"] {
            assert!(!is_single(query), "{query}");
        }
    }

    #[test]
    fn an_argument_beside_other_separators_is_not_alone() {
        let is_alone = |target: &str| {
            let target = Target::split(target.as_bytes());
            find(target.query, b"pta").unwrap().is_alone(target.path)
        };
        for target in ["/x?pta=1", "/x?a=b&pta=1", "/x?a&pta=1&b&c=", "?pta=1", "/x&y;pta?pta=1"] {
            assert!(is_alone(target), "{target}");
        }
        for target in
            ["/x&pta=2?pta=1", "/x;a=?pta=1", "/x%20y?pta=1", "/a-path-of-more-than-16-bytes%20?pta=1"]
        {
            assert!(!is_alone(target), "{target}");
        }
        for other in ["a=/b?c", "a;b", "a=%20"] {
            assert!(!is_alone(&format!("/x?{other}&pta=1")), "{other}");
            assert!(!is_alone(&format!("/x?a&pta=1&{other}")), "{other}");
        }
    }

    #[test]
    fn other_names_are_not_found() {
        for query in ["", "pta", "ptax=1", "xpta=1", "%70ta=1", "x=pta=1", "pt=1", "pta%3D1", "a;pta=1"] {
            assert_eq!(find(query.as_bytes(), b"pta"), None, "{query}");
        }
        // As long as the name.
        for query in ["qta=1", "pua=1", "ptb=1", "PTB=1", "abc=1&ptA"] {
            assert_eq!(find(query.as_bytes(), b"pta"), None, "{query}");
        }
    }

    #[test]
    fn other_arguments_keep_their_order_and_bytes() {
        let without = |query: &str| {
            let mut buffer = vec![0; query.len()];
            let mut writer = Writer::new(&mut buffer);
            write_without(query.as_bytes(), b"pta", &mut writer);
            String::from_utf8(writer.finish().to_vec()).unwrap()
        };
        assert_eq!(without("pta=1"), "");
        assert_eq!(without("pta=1&a=b"), "a=b");
        assert_eq!(without("a=b&pta=1"), "a=b");
        assert_eq!(without("a=b&pta=1&c=d"), "a=b&c=d");
        assert_eq!(without("pta=1&a&PTA=2&pta&b=%2541&pta="), "a&pta&b=%2541");
        assert_eq!(without("a=b"), "a=b");
        assert_eq!(without("&a&&b&"), "&a&&b&");
        assert_eq!(without("&pta=1&a"), "&a");
        assert_eq!(without(""), "");
    }
}
