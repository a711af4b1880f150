//! What the locations of a server demand of tokens: `pta_bind`, `pta_require_seal` and
//! `pta_accel_redirect`.

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
    /// Whether nginx redirects to the path in the token, which is not compared with the request's.
    pub(crate) redirects: bool,
    /// The file and the line of an `include` that could not be read, so that the rest may be wrong.
    pub(crate) unread: Option<String>,
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

/// Whether `pta_accel_redirect` is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Redirect {
    No,
    Yes,
    /// In one of the locations that may be that of the path.
    Perhaps,
}

/// The number of values does not fit.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Mismatch<'a> {
    /// A seal with so few values is never right.
    Missing(&'a SealRule),
    /// There are too many.
    Surplus(Surplus),
}

/// There are more values than `pta_bind` has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Surplus {
    /// nginx checks the token, and a seal that is bound to so many values is never right there.
    IsRefused,
    /// No location for the path checks tokens. It is not known where nginx checks this one: perhaps
    /// in a named location or in a gate.
    IsUnknown,
}

/// The rules of some servers, each with those of its locations.
#[derive(Clone, Debug, Default)]
pub(crate) struct SealRules {
    servers: Vec<Vec<SealRule>>,
    /// Whether the same is true of all paths: `pta_require_seal` of the servers, and no more.
    are_uniform: bool,
}

impl SealRules {
    /// The rules of servers with this `pta_require_seal`.
    pub(crate) fn new(servers: Vec<Vec<SealRule>>, requires_seal: bool) -> Self {
        let is_plain = |rule: &SealRule| {
            rule.count == 0 && rule.requires_seal == requires_seal && !rule.redirects && rule.unread.is_none()
        };
        let are_uniform = servers.iter().flatten().all(is_plain);
        Self { servers, are_uniform }
    }

    /// Whether the path matters for tokens that are bound to so many values.
    pub(crate) fn depend_on_path(&self, given: usize) -> bool {
        !self.servers.is_empty() && (!self.are_uniform || given > 0)
    }

    /// Compares the number of values that are given with those that the locations for `pattern` have.
    /// If it cannot be known which location a request is for, any of them will do. Without any
    /// server, any number will do.
    pub(crate) fn check(&self, pattern: &PathPattern<'_>, given: usize) -> Result<(), Mismatch<'_>> {
        if !self.depend_on_path(given) {
            return Ok(());
        }
        let candidates = self.candidates(pattern);
        // The file that could not be read may have a `pta_bind`.
        let fits = |rule: &&SealRule| rule.count == given || (rule.count < given && rule.unread.is_some());
        if candidates.iter().any(fits) {
            return Ok(());
        }
        let is_checked = candidates.iter().any(|rule| rule.enabled);
        let more = candidates.into_iter().filter(|rule| rule.count > given).min_by_key(|rule| rule.count);
        let surplus = if is_checked { Surplus::IsRefused } else { Surplus::IsUnknown };
        Err(more.map_or(Mismatch::Surplus(surplus), Mismatch::Missing))
    }

    /// The place of an `include` that could not be read, in a location for `pattern`.
    pub(crate) fn unread(&self, pattern: &PathPattern<'_>) -> Option<&str> {
        self.candidates(pattern).into_iter().find_map(|rule| rule.unread.as_deref())
    }

    /// Whether nginx redirects requests for this path to the path in the token.
    pub(crate) fn redirect(&self, path: &PathPattern<'_>) -> Redirect {
        let candidates = self.candidates(path);
        let redirects = |rule: &&SealRule| rule.enabled && rule.redirects;
        if !candidates.iter().any(redirects) {
            Redirect::No
        } else if candidates.iter().all(redirects) {
            Redirect::Yes
        } else {
            Redirect::Perhaps
        }
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
        let place = String::new();
        SealRule {
            scope,
            count,
            place,
            requires_seal: count > 0,
            enabled: true,
            redirects: false,
            unread: None,
        }
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
            Err(Mismatch::Surplus(_)) => Some(0),
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
        assert_eq!(answers(&[rule(Scope::Server, 0)], "/x"), [None, Some(0), Some(0), Some(0)]);
        assert_eq!(answers_of(&[], "/x"), [None; 4]);
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
    fn all_locations_that_may_be_that_of_the_path_redirect() {
        let on = SealRule { redirects: true, ..prefix("/dl", 0) };
        let regex = rule(Scope::Regex, 0);
        let open = |rule: &SealRule| SealRule { enabled: false, ..rule.clone() };
        for (given, expected) in [
            (&[prefix("/", 0)][..], Redirect::No),
            (&[prefix("/", 0), on.clone()], Redirect::Yes),
            (&[prefix("/", 0), open(&on)], Redirect::No),
            (&[on.clone(), regex.clone()], Redirect::Perhaps),
            (&[on.clone(), open(&regex)], Redirect::Yes),
            (&[on.clone(), SealRule { redirects: true, ..regex }], Redirect::Yes),
        ] {
            let rules = rules(&[given]);
            assert_eq!(rules.redirect(&PathPattern::parse(b"/dl/a").unwrap()), expected, "{given:?}");
        }
        assert_eq!(SealRules::default().redirect(&PathPattern::parse(b"/").unwrap()), Redirect::No);
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
    }

    #[test]
    fn the_path_matters_only_if_locations_differ_or_there_are_values() {
        let all = SealRule { requires_seal: true, ..prefix("/", 0) };
        let depend = |rule: &SealRule, requires_seal, given| {
            SealRules::new(vec![vec![rule.clone()]], requires_seal).depend_on_path(given)
        };
        assert!(!depend(&all, true, 0));
        assert!(depend(&all, true, 1));
        assert!(depend(&all, false, 0));
        assert!(depend(&SealRule { redirects: true, ..all.clone() }, true, 0));
        assert!(depend(&SealRule { unread: Some(String::new()), ..all }, true, 0));
        assert!(!SealRules::default().depend_on_path(1));
    }

    #[test]
    fn values_that_no_location_has_are_refused_only_where_tokens_are_checked() {
        let pattern = PathPattern::parse(b"/a/x").unwrap();
        let open = SealRule { enabled: false, ..prefix("/a/", 0) };
        let surplus = |rule: &SealRule, surplus: Surplus| {
            let rules = rules(&[std::slice::from_ref(rule)]);
            assert_eq!(rules.check(&pattern, 1), Err(Mismatch::Surplus(surplus)));
        };
        surplus(&prefix("/a/", 0), Surplus::IsRefused);
        surplus(&open, Surplus::IsUnknown);
    }

    #[test]
    fn an_include_that_is_not_read_may_have_values() {
        let unread = SealRule { unread: Some("a:1".to_owned()), ..prefix("/a/", 1) };
        let rules = [prefix("/", 0), unread];
        assert_eq!(answers(&rules, "/a/x"), [Some(1), None, None, None]);
        assert_eq!(answers(&rules, "/x"), [None, Some(0), Some(0), Some(0)]);
        let place = |path: &str| {
            let pattern = PathPattern::parse(path.as_bytes()).unwrap();
            SealRules::new(vec![rules.to_vec()], false).unread(&pattern).map(str::to_owned)
        };
        assert_eq!(place("/a/x").as_deref(), Some("a:1"));
        assert_eq!(place("/*").as_deref(), Some("a:1"));
        assert_eq!(place("/x"), None);
    }

    #[test]
    fn values_need_a_seal() {
        assert_eq!(SealDemand::No.with_values(0), SealDemand::No);
        assert_eq!(SealDemand::No.with_values(1), SealDemand::Bound);
        assert_eq!(SealDemand::of_server(true).with_values(1), SealDemand::Required);
    }
}
