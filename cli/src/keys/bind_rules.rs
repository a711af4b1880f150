//! How many values `pta_bind` has in each location of a server.

use pta_token::PathPattern;

/// The requests that a block of nginx.conf is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The server itself: requests that no location is for.
    Server,
    /// Paths that begin so.
    Prefix(Vec<u8>),
    /// The same, and no regular expression is tried (`^~`).
    FinalPrefix(Vec<u8>),
    /// This path.
    Exact(Vec<u8>),
    /// Paths that match a regular expression, which is not evaluated here.
    Regex,
}

/// The `pta_bind` that is in effect in one block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BindRule {
    pub(crate) scope: Scope,
    /// How many values it has: 0 if there is none.
    pub(crate) count: usize,
    /// The file and the line where it stands.
    pub(crate) place: String,
    /// Whether tokens are checked in the block.
    pub(crate) enabled: bool,
}

/// The number of values does not fit.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Mismatch<'a> {
    /// A seal with so few values is never right.
    Missing(&'a BindRule),
    /// Probably there are too many.
    Surplus,
}

/// Compares the number of values that are given with those that the locations for `pattern` have. If
/// it cannot be known which location a request is for, any of them will do.
pub(crate) fn check<'a>(
    rules: &'a [BindRule],
    pattern: &PathPattern<'_>,
    given: usize,
) -> Result<(), Mismatch<'a>> {
    if rules.iter().all(|rule| rule.count == 0) {
        return if given == 0 { Ok(()) } else { Err(Mismatch::Surplus) };
    }
    let mut candidates = candidates(rules, pattern);
    if candidates.iter().any(|rule| rule.enabled) {
        candidates.retain(|rule| rule.enabled);
    }
    if candidates.iter().any(|rule| rule.count == given) {
        return Ok(());
    }
    let more = candidates.into_iter().filter(|rule| rule.count > given).min_by_key(|rule| rule.count);
    Err(more.map_or(Mismatch::Surplus, Mismatch::Missing))
}

/// The blocks that may be for a request that the pattern matches.
fn candidates<'a>(rules: &'a [BindRule], pattern: &PathPattern<'_>) -> Vec<&'a BindRule> {
    let (start, is_whole) = literal_start(pattern);
    let exact = |rule: &&BindRule| matches!(&rule.scope, Scope::Exact(path) if *path == start);
    if is_whole {
        let found: Vec<_> = rules.iter().filter(exact).collect();
        if !found.is_empty() {
            return found;
        }
    }
    let matching = |rule: &&BindRule| rule.scope.prefix().is_some_and(|prefix| start.starts_with(prefix));
    let longest = rules.iter().filter(matching).map(|rule| rule.scope.len()).max();
    // Several servers may have a location of the same name.
    let mut found: Vec<_> =
        rules.iter().filter(matching).filter(|rule| Some(rule.scope.len()) == longest).collect();
    let is_final = is_whole && found.iter().all(|rule| matches!(rule.scope, Scope::FinalPrefix(_)));
    if !is_final {
        found.extend(rules.iter().filter(|rule| rule.scope == Scope::Regex));
    }
    if !is_whole {
        found.extend(rules.iter().filter(|rule| match &rule.scope {
            Scope::Prefix(path) | Scope::FinalPrefix(path) | Scope::Exact(path) => {
                path.starts_with(&start) && (path.len() > start.len() || exact(rule))
            }
            Scope::Server | Scope::Regex => false,
        }));
    }
    found
}

impl Scope {
    fn prefix(&self) -> Option<&[u8]> {
        match self {
            Self::Server => Some(b""),
            Self::Prefix(path) | Self::FinalPrefix(path) => Some(path),
            Self::Exact(_) | Self::Regex => None,
        }
    }

    fn len(&self) -> usize {
        self.prefix().map_or(0, <[u8]>::len)
    }
}

/// What every path that the pattern matches begins with, and whether that is the whole path.
fn literal_start(pattern: &PathPattern<'_>) -> (Vec<u8>, bool) {
    let mut start = Vec::new();
    let mut bytes = pattern.as_bytes().iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'*' => return (start, false),
            b'\\' if bytes.peek() == Some(&b'*') => start.extend(bytes.next()),
            _ => start.push(byte),
        }
    }
    (start, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(scope: Scope, count: usize) -> BindRule {
        BindRule { scope, count, place: String::new(), enabled: true }
    }

    fn prefix(path: &str, count: usize) -> BindRule {
        rule(Scope::Prefix(path.into()), count)
    }

    /// How many values are missing at least, for each number of values from 0. None if it fits.
    fn answers(rules: &[BindRule], pattern: &str) -> Vec<Option<usize>> {
        let pattern = PathPattern::parse(pattern.as_bytes()).unwrap();
        let answer = |given| match check(rules, &pattern, given) {
            Ok(()) => None,
            Err(Mismatch::Missing(rule)) => rule.count.checked_sub(given),
            Err(Mismatch::Surplus) => Some(0),
        };
        (0..4).map(answer).collect()
    }

    #[test]
    fn the_longest_prefix_decides() {
        let rules = [rule(Scope::Server, 0), prefix("/", 1), prefix("/a/", 2), prefix("/a/open/", 0)];
        assert_eq!(answers(&rules, "/x"), [Some(1), None, Some(0), Some(0)]);
        assert_eq!(answers(&rules, "/a/x"), [Some(2), Some(1), None, Some(0)]);
        assert_eq!(answers(&rules, "/a/open/x"), [None, Some(0), Some(0), Some(0)]);
        assert_eq!(answers(&rules, "/a/open/*"), [None, Some(0), Some(0), Some(0)]);
    }

    #[test]
    fn without_a_location_the_server_decides() {
        assert_eq!(answers(&[rule(Scope::Server, 1)], "/x"), [Some(1), None, Some(0), Some(0)]);
        assert_eq!(answers(&[], "/x"), [None, Some(0), Some(0), Some(0)]);
    }

    #[test]
    fn an_exact_location_comes_first() {
        let rules = [prefix("/a", 2), rule(Scope::Exact(b"/a".into()), 1), rule(Scope::Regex, 3)];
        assert_eq!(answers(&rules, "/a"), [Some(1), None, Some(0), Some(0)]);
        assert_eq!(answers(&rules, "/ab"), [Some(2), Some(1), None, None]);
    }

    #[test]
    fn a_regular_expression_may_match_unless_the_prefix_is_final() {
        let rules = [prefix("/a/", 1), rule(Scope::FinalPrefix(b"/b/".into()), 1), rule(Scope::Regex, 2)];
        assert_eq!(answers(&rules, "/a/x"), [Some(1), None, None, Some(0)]);
        assert_eq!(answers(&rules, "/b/x"), [Some(1), None, Some(0), Some(0)]);
    }

    #[test]
    fn a_wildcard_reaches_locations_below() {
        let rules = [prefix("/", 1), prefix("/a/", 2), rule(Scope::Exact(b"/ab".into()), 3)];
        assert_eq!(answers(&rules, "/*"), [Some(1), None, None, None]);
        assert_eq!(answers(&rules, "/a/*"), [Some(2), Some(1), None, Some(0)]);
        assert_eq!(answers(&rules, r"/a\*"), [Some(1), None, Some(0), Some(0)]);
        // A wildcard may match nothing.
        assert_eq!(answers(&rules, "/ab*"), [Some(1), None, Some(1), None]);
    }

    #[test]
    fn open_locations_do_not_count_if_there_is_another() {
        let open = BindRule { enabled: false, ..prefix("/", 0) };
        assert_eq!(answers(&[open.clone(), prefix("/a/", 1)], "/*"), [Some(1), None, Some(0), Some(0)]);
        assert_eq!(answers(&[open, prefix("/a/", 1)], "/b"), [None, Some(0), Some(0), Some(0)]);
    }
}
