//! Which prefix stands for which namespace.

use crate::memory::push;
use crate::stop::Stop;

const DASH: &[u8] = b"urn:mpeg:dash:schema:mpd:2011";
const XLINK: &[u8] = b"http://www.w3.org/1999/xlink";

/// Honest documents have about ten declarations.
const MOST: usize = 64;

/// What the module knows of a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Namespace {
    /// That of DASH, or none at all.
    Dash,
    Xlink,
    Other,
}

struct Binding<'p> {
    /// How deep the element is that declares it.
    depth: usize,
    /// Empty for the default namespace.
    prefix: &'p [u8],
    namespace: Namespace,
}

/// The declarations of the elements that are open.
#[derive(Default)]
pub(crate) struct Namespaces<'p> {
    bindings: Vec<Binding<'p>>,
}

impl<'p> Namespaces<'p> {
    /// Notes an attribute of an element. Returns whether it declares a namespace.
    pub(crate) fn declare(&mut self, depth: usize, name: &'p [u8], value: &[u8]) -> Result<bool, Stop> {
        let prefix = match name.strip_prefix(b"xmlns") {
            Some([b':', prefix @ ..]) => prefix,
            Some([]) => &[],
            _ => return Ok(false),
        };
        let namespace = match value {
            // Old documents have capital letters in it.
            _ if value.is_empty() || value.eq_ignore_ascii_case(DASH) => Namespace::Dash,
            _ if value == XLINK => Namespace::Xlink,
            _ => Namespace::Other,
        };
        push(&mut self.bindings, Binding { depth, prefix, namespace })?;
        Ok(true)
    }

    /// Whether there are more declarations than can be looked through for each element.
    pub(crate) fn are_too_many(&self) -> bool {
        self.bindings.len() > MOST
    }

    /// Forgets what elements declare that are at this depth or deeper.
    #[inline]
    pub(crate) fn close(&mut self, depth: usize) {
        while self.bindings.last().is_some_and(|binding| binding.depth >= depth) {
            self.bindings.pop();
        }
    }

    /// The namespace of an element.
    pub(crate) fn of_element(&self, name: &[u8]) -> Namespace {
        let prefix = prefix(name);
        let without = if prefix.is_empty() { Namespace::Dash } else { Namespace::Other };
        self.find(prefix).unwrap_or(without)
    }

    /// Whether an attribute is `href` of the xlink namespace.
    pub(crate) fn is_xlink_href(&self, name: &[u8]) -> bool {
        let prefix = prefix(name);
        name.ends_with(b":href")
            && prefix.len().saturating_add(b":href".len()) == name.len()
            && self.find(prefix) == Some(Namespace::Xlink)
    }

    /// Whether any prefix stands for the xlink namespace.
    #[inline]
    pub(crate) fn has_xlink(&self) -> bool {
        self.bindings.iter().any(|binding| binding.namespace == Namespace::Xlink)
    }

    fn find(&self, prefix: &[u8]) -> Option<Namespace> {
        // Usually both are empty, and there is nothing to compare.
        let is_same = |other: &[u8]| other.len() == prefix.len() && (prefix.is_empty() || other == prefix);
        let binding = self.bindings.iter().rev().find(|binding| is_same(binding.prefix))?;
        Some(binding.namespace)
    }
}

fn prefix(name: &[u8]) -> &[u8] {
    match memchr::memchr(b':', name) {
        Some(at) => name.get(..at).unwrap_or_default(),
        None => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_stands_for_a_namespace_until_its_element_ends() {
        let mut namespaces = Namespaces::default();
        assert_eq!(namespaces.of_element(b"MPD"), Namespace::Dash);
        assert_eq!(namespaces.of_element(b"m:MPD"), Namespace::Other);
        for (depth, name, value) in [
            (1, "xmlns:m", "urn:mpeg:dash:schema:mpd:2011"),
            (1, "xmlns", "urn:other"),
            (2, "xmlns", "urn:mpeg:DASH:schema:MPD:2011"),
            (3, "xmlns:m", "urn:other"),
            (3, "xmlns", ""),
        ] {
            assert_eq!(namespaces.declare(depth, name.as_bytes(), value.as_bytes()), Ok(true));
        }
        assert_eq!(namespaces.declare(3, b"xmlnsx", b"urn:other"), Ok(false));
        assert_eq!(namespaces.declare(3, b"id", b"urn:other"), Ok(false));
        let found =
            |namespaces: &Namespaces<'_>| [&b"MPD"[..], b"m:MPD"].map(|name| namespaces.of_element(name));
        assert_eq!(found(&namespaces), [Namespace::Dash, Namespace::Other]);
        namespaces.close(3);
        assert_eq!(found(&namespaces), [Namespace::Dash, Namespace::Dash]);
        namespaces.close(2);
        assert_eq!(found(&namespaces), [Namespace::Other, Namespace::Dash]);
        namespaces.close(1);
        assert_eq!(found(&namespaces), [Namespace::Dash, Namespace::Other]);
    }

    #[test]
    fn a_link_has_the_prefix_of_its_namespace() {
        let mut namespaces = Namespaces::default();
        assert!(!namespaces.has_xlink());
        namespaces.declare(1, b"xmlns:l", b"http://www.w3.org/1999/xlink").unwrap();
        assert!(namespaces.has_xlink());
        assert!(namespaces.is_xlink_href(b"l:href"));
        for other in [&b"href"[..], b"x:href", b"l:hrefs", b"l:x:href", b"l:actuate", b":href"] {
            assert!(!namespaces.is_xlink_href(other));
        }
    }
}
