//! What the locations of a server demand of seals: `pta_bind` and `pta_require_seal`.

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

/// What is in effect in one block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SealRule {
    pub(crate) scope: Scope,
    /// How many values `pta_bind` has: 0 if there is none.
    pub(crate) count: usize,
    /// The file and the line where `pta_bind` stands.
    pub(crate) place: String,
    /// Whether a token must have a seal.
    pub(crate) requires_seal: bool,
    /// Whether tokens are checked in the block.
    pub(crate) enabled: bool,
}

/// Whether a token must have a seal, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SealDemand {
    No,
    /// `pta_require_seal` is on for the path.
    Required,
    /// `pta_require_seal` is on in one of the locations that may be that of the path.
    PerhapsRequired,
    /// There are values that the seal is bound to. nginx has such values only if it requires a seal.
    Bound,
}

impl SealDemand {
    /// `pta_require_seal` of a server.
    pub(crate) fn of_server(requires_seal: bool) -> Self {
        if requires_seal { Self::Required } else { Self::No }
    }

    /// The demand if the seal is bound to so many values.
    pub(crate) fn with_values(self, count: usize) -> Self {
        if self == Self::No && count > 0 { Self::Bound } else { self }
    }
}

/// The number of values does not fit.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Mismatch<'a> {
    /// A seal with so few values is never right.
    Missing(&'a SealRule),
    /// Probably there are too many.
    Surplus,
}

/// The rules of some servers, each with those of its locations.
#[derive(Clone, Debug, Default)]
pub(crate) struct SealRules {
    servers: Vec<Vec<SealRule>>,
    /// Whether any of them has `pta_bind`.
    has_binding: bool,
}

impl SealRules {
    /// No rules if they say nothing more than `pta_require_seal` of the servers, which is given.
    pub(crate) fn new(servers: Vec<Vec<SealRule>>, requires_seal: bool) -> Self {
        let has_binding = servers.iter().flatten().any(|rule| rule.count > 0);
        if has_binding || servers.iter().flatten().any(|rule| rule.requires_seal != requires_seal) {
            Self { servers, has_binding }
        } else {
            Self::default()
        }
    }

    /// Whether the path does not matter.
    pub(crate) fn is_empty(&self) -> bool {
        self.servers.is_empty()
    }

    /// Compares the number of values that are given with those that the locations for `pattern` have.
    /// If it cannot be known which location a request is for, any of them will do. Without any
    /// `pta_bind`, any number will do.
    pub(crate) fn check(&self, pattern: &PathPattern<'_>, given: usize) -> Result<(), Mismatch<'_>> {
        if !self.has_binding {
            return Ok(());
        }
        let candidates = self.candidates(pattern);
        if candidates.iter().any(|rule| rule.count == given) {
            return Ok(());
        }
        let more = candidates.into_iter().filter(|rule| rule.count > given).min_by_key(|rule| rule.count);
        Err(more.map_or(Mismatch::Surplus, Mismatch::Missing))
    }

    /// Whether a token must have a seal. If it cannot be known which location a request is for, the
    /// strictest of them decides.
    pub(crate) fn demand(&self, pattern: &PathPattern<'_>) -> SealDemand {
        let candidates = self.candidates(pattern);
        if !candidates.iter().any(|rule| rule.requires_seal) {
            SealDemand::No
        } else if candidates.iter().all(|rule| rule.requires_seal) {
            SealDemand::Required
        } else {
            SealDemand::PerhapsRequired
        }
    }

    /// The blocks that may be for a request that the pattern matches. Those that check no token count
    /// only if there is no other.
    fn candidates(&self, pattern: &PathPattern<'_>) -> Vec<&SealRule> {
        let mut found: Vec<_> = self.servers.iter().flat_map(|rules| candidates(rules, pattern)).collect();
        if found.iter().any(|rule| rule.enabled) {
            found.retain(|rule| rule.enabled);
        }
        found
    }
}

/// The blocks of a server that may be for a request that the pattern matches.
fn candidates<'a>(rules: &'a [SealRule], pattern: &PathPattern<'_>) -> Vec<&'a SealRule> {
    let (start, is_whole) = literal_start(pattern);
    let exact = |rule: &&SealRule| matches!(&rule.scope, Scope::Exact(path) if *path == start);
    if is_whole {
        let found: Vec<_> = rules.iter().filter(exact).collect();
        if !found.is_empty() {
            return found;
        }
    }
    let matching = |rule: &&SealRule| rule.scope.prefix().is_some_and(|prefix| start.starts_with(prefix));
    let longest = rules.iter().filter(matching).map(|rule| rule.scope.len()).max();
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

    fn rule(scope: Scope, count: usize) -> SealRule {
        SealRule { scope, count, place: String::new(), requires_seal: count > 0, enabled: true }
    }

    fn prefix(path: &str, count: usize) -> SealRule {
        rule(Scope::Prefix(path.into()), count)
    }

    fn rules(servers: &[&[SealRule]]) -> SealRules {
        SealRules::new(servers.iter().map(|rules| rules.to_vec()).collect(), false)
    }

    /// How many values are missing at least, for each number of values from 0. None if it fits.
    fn answers(rules: &[SealRule], pattern: &str) -> Vec<Option<usize>> {
        answers_of(&[rules], pattern)
    }

    fn answers_of(servers: &[&[SealRule]], pattern: &str) -> Vec<Option<usize>> {
        let rules = rules(servers);
        let pattern = PathPattern::parse(pattern.as_bytes()).unwrap();
        let answer = |given| match rules.check(&pattern, given) {
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
        assert_eq!(answers(&[], "/x"), [None; 4]);
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
        let open = SealRule { enabled: false, ..prefix("/", 0) };
        assert_eq!(answers(&[open.clone(), prefix("/a/", 1)], "/*"), [Some(1), None, Some(0), Some(0)]);
        assert_eq!(answers(&[open, prefix("/a/", 1)], "/b"), [None, Some(0), Some(0), Some(0)]);
    }

    #[test]
    fn each_server_has_locations_of_its_own() {
        let bound = [rule(Scope::Server, 0), prefix("/", 1)];
        let other = [rule(Scope::Server, 0), prefix("/a/", 2)];
        assert_eq!(answers_of(&[&bound, &other], "/a/x"), [Some(1), None, None, Some(0)]);
        // The other server checks no token there.
        let open = SealRule { enabled: false, ..prefix("/a/", 0) };
        assert_eq!(answers_of(&[&bound, &[open]], "/a/x"), [Some(1), None, Some(0), Some(0)]);
    }

    #[test]
    fn the_strictest_location_decides_about_the_seal() {
        let demand =
            |rules: &SealRules, path: &str| rules.demand(&PathPattern::parse(path.as_bytes()).unwrap());
        let sealed = SealRule { requires_seal: true, ..prefix("/a/", 0) };
        let regex = SealRule { requires_seal: true, ..rule(Scope::Regex, 0) };
        let some = rules(&[&[prefix("/", 0), sealed.clone()]]);
        assert_eq!(demand(&some, "/x"), SealDemand::No);
        assert_eq!(demand(&some, "/a/x"), SealDemand::Required);
        assert_eq!(demand(&some, "/*"), SealDemand::PerhapsRequired);
        let perhaps = rules(&[&[prefix("/", 0), sealed, regex]]);
        assert_eq!(demand(&perhaps, "/x"), SealDemand::PerhapsRequired);
        assert_eq!(demand(&perhaps, "/a/x"), SealDemand::Required);
        // What the servers say as a whole needs no rule.
        let all = SealRule { requires_seal: true, ..prefix("/", 0) };
        assert!(SealRules::new(vec![vec![all.clone()]], true).is_empty());
        assert!(!SealRules::new(vec![vec![all]], false).is_empty());
    }

    #[test]
    fn values_need_a_seal() {
        assert_eq!(SealDemand::No.with_values(0), SealDemand::No);
        assert_eq!(SealDemand::No.with_values(1), SealDemand::Bound);
        assert_eq!(SealDemand::of_server(true).with_values(1), SealDemand::Required);
    }
}
