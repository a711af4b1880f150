//! Warns of locations with a regular expression that take requests from protected locations.
//!
//! nginx tries regular expressions after it has found the longest prefix, and the first one that
//! matches wins. With this configuration, everybody can fetch /video/a.jpg:
//!
//! ```nginx
//! location /video/ { pta_enable on; }
//! location ~ \.jpg$ { expires 30d; }
//! ```

use core::ptr;

use nginx_sys::NGX_LOG_WARN;
use ngx::core::NgxStr;
use ngx::ngx_log_error;

use crate::conf::location_tree::{self, Kind, Node};
use crate::conf::regex_ends::{RegexEnds, Rest, Text, begins_with};
use crate::nginx::conf::Postconf;

/// Logs one warning for each unprotected regular expression that takes requests from protected
/// locations.
pub(crate) fn warn(cf: Postconf<'_>) {
    let (servers, log) = (location_tree::read(cf), cf.log());
    for server in &servers {
        compare_level(server, &mut |regex, victims| {
            let Some(first) = victims.iter().min_by_key(|victim| (victim.conf.place(), victim.name)) else {
                return;
            };
            let more = match victims.len() {
                1 => String::new(),
                count => format!(" ({} more such)", count.saturating_sub(1)),
            };
            ngx_log_error!(
                NGX_LOG_WARN,
                log,
                "pta: location \"{}\" in {} is not protected, but takes requests from location \"{}\" in {}, which \
                 is{more}: write \"pta_enable on;\" into it, or \"pta_enable off;\" if it is meant to be open",
                NgxStr::from_bytes(regex.name),
                regex.conf.place(),
                NgxStr::from_bytes(first.name),
                first.conf.place()
            );
        });
    }
}

/// The protected locations below a level. Regular expressions further up may take requests from
/// them.
#[derive(Default)]
struct Protected<'a> {
    /// Those with a path.
    paths: Vec<&'a Node<'a>>,
    /// Those with a regular expression. Its match is final: only expressions that nginx tries
    /// before it can take requests.
    regexes: Vec<&'a Node<'a>>,
}

/// Compares the protected locations in `level` with the regular expressions that nginx tries before
/// it chooses them.
fn compare_level<'a>(level: &'a Node<'a>, report: &mut impl FnMut(&Node<'_>, &[&Node<'_>])) -> Protected<'a> {
    // nginx tries the regular expressions of this level for the first list. The second one has the
    // locations with `^~`.
    let (mut tried_for, mut not_tried_for) = (Vec::new(), Vec::new());
    for path in &level.paths {
        let mut paths = compare_level(path, report).paths;
        if path.conf.protects() && Absorbing::of_level(path).first(path.name).is_none() {
            paths.push(path);
        }
        match path.kind {
            Kind::Prefix => tried_for.append(&mut paths),
            Kind::PrefixWithoutRegexes => not_tried_for.append(&mut paths),
            // For an exact match, nginx tries no regular expression.
            Kind::Exact | Kind::Regex(_) => {}
        }
    }
    // If only a block protects the level itself, nested locations do not inherit that.
    let enclosing = level.conf.protects().then_some(level);
    let absorbing = Absorbing::of_level(level);
    let absorbed_at = |path: &'a Node<'a>| (path, absorbing.first(path.name));
    let tried_for: Vec<_> = tried_for.into_iter().map(absorbed_at).collect();
    let enclosing = enclosing.map(absorbed_at);

    // Each protected location with a regular expression of this level, or nested in such a
    // location. With it, that location and its index.
    let mut final_matches = Vec::new();
    for (at, regex) in level.regexes.iter().enumerate() {
        let mut regexes = compare_level(regex, report).regexes;
        if regex.conf.protects() {
            regexes.push(regex);
        }
        final_matches.extend(regexes.into_iter().map(|protected| (at, regex, protected)));
    }
    for (at, regex) in level.regexes.iter().enumerate() {
        let Kind::Regex(ends) = &regex.kind else { continue };
        if regex.conf.protects() || regex.conf.is_enable_written() || regex.is_internal {
            continue;
        }
        let taker = Taker { at, ends, level, absorbing: &absorbing };
        let later = final_matches
            .get(final_matches.partition_point(|(index, ..)| *index <= at)..)
            .unwrap_or_default();
        let later = later.iter().filter(|(_, regex, victim)| overlap(ends, regex) && overlap(ends, victim));
        let victims: Vec<&Node<'_>> = tried_for
            .iter()
            .chain(&enclosing)
            .filter(|(victim, absorbed_at)| taker.takes_from(victim, *absorbed_at))
            .map(|(victim, _)| *victim)
            .chain(later.map(|(.., victim)| *victim))
            .collect();
        if !victims.is_empty() {
            report(regex, &victims);
        }
    }
    let left_over = tried_for.iter().filter(|(_, absorbed_at)| absorbed_at.is_none()).map(|(path, _)| *path);
    not_tried_for.extend(left_over);
    Protected {
        paths: not_tried_for,
        regexes: final_matches.into_iter().map(|(.., protected)| protected).collect(),
    }
}

/// The regular expressions of a level that take all requests below some path, and their indexes.
/// Later regular expressions get no such request.
struct Absorbing<'a>(Vec<(usize, &'a RegexEnds)>);

impl<'a> Absorbing<'a> {
    fn of_level(level: &'a Node<'a>) -> Self {
        let absorbing = level.regexes.iter().enumerate().filter_map(|(at, regex)| match &regex.kind {
            Kind::Regex(ends) if ends.absorbs() => Some((at, ends)),
            _ => None,
        });
        Self(absorbing.collect())
    }

    /// The index of the first one that takes all requests below `path`.
    fn first(&self, path: &[u8]) -> Option<usize> {
        self.0.iter().find(|(_, ends)| ends.matches_all_below(path)).map(|(at, _)| *at)
    }

    /// The same, but only among those that ignore case.
    fn first_ignoring_case(&self, path: &[u8]) -> Option<usize> {
        let absorbs = |(_, ends): &&(usize, &RegexEnds)| ends.ignores_case() && ends.matches_all_below(path);
        self.0.iter().find(absorbs).map(|(at, _)| *at)
    }
}

/// Whether there may be a path that matches both.
fn overlap(ends: &RegexEnds, victim: &Node<'_>) -> bool {
    matches!(&victim.kind, Kind::Regex(theirs) if ends.overlaps(theirs))
}

/// A regular expression that may take requests from other locations.
struct Taker<'a> {
    at: usize,
    ends: &'a RegexEnds,
    level: &'a Node<'a>,
    absorbing: &'a Absorbing<'a>,
}

impl Taker<'_> {
    /// Whether it may take requests from `victim`. `absorbed_at` is the index of the first regular
    /// expression that takes all requests of `victim`.
    fn takes_from(&self, victim: &Node<'_>, absorbed_at: Option<usize>) -> bool {
        if matches!(victim.kind, Kind::Regex(_)) {
            return overlap(self.ends, victim);
        }
        let name = victim.name;
        let ignores_case = self.ends.ignores_case();
        let comes_before = |absorbed_at: Option<usize>| absorbed_at.is_none_or(|index| self.at <= index);
        let Some(texts) = self.ends.beginnings() else { return comes_before(absorbed_at) };
        texts.iter().any(|text| {
            if text.bytes.len() <= name.len() {
                comes_before(absorbed_at)
                    && begins_with(name, &text.bytes, ignores_case)
                    && (text.rest != Rest::Nothing || text.bytes.len() == name.len())
            } else {
                // A longer prefix or an earlier regular expression may get these requests. If this
                // one ignores case and the other does not, it still gets some of them.
                begins_with(&text.bytes, name, ignores_case)
                    && if ignores_case {
                        comes_before(self.absorbing.first_ignoring_case(&text.bytes))
                    } else {
                        comes_before(self.absorbing.first(&text.bytes))
                            && ptr::eq(find(self.level, text).unwrap_or(self.level), victim)
                    }
            }
        })
    }
}

/// The location that nginx would choose for this path if there were no regular expressions.
fn find<'a>(level: &'a Node<'a>, text: &Text) -> Option<&'a Node<'a>> {
    let path = &*text.bytes;
    let is_exact = |location: &&Node<'_>| {
        text.rest == Rest::Nothing && matches!(location.kind, Kind::Exact) && location.name == path
    };
    if let Some(exact) = level.paths.iter().find(is_exact) {
        return Some(exact);
    }
    let found = level
        .paths
        .iter()
        .filter(|location| !matches!(location.kind, Kind::Exact) && path.starts_with(location.name))
        .max_by_key(|location| location.name.len())?;
    Some(find(found, text).unwrap_or(found))
}
