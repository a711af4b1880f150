//! Warns of locations with a regular expression that take requests from protected locations.
//!
//! nginx tries regular expressions after it has found the longest prefix, and the first one that matches wins. So in
//! `location /video/ { pta_enable on; } location ~ \.jpg$ { expires 30d; }`, everybody can fetch /video/a.jpg.

use core::ptr;

use nginx_sys::NGX_LOG_WARN;
use ngx::core::NgxStr;
use ngx::ngx_log_error;

use crate::conf::location_tree::{self, Kind, Node};
use crate::conf::regex_ends::{RegexEnds, Rest, Text, begins_with};
use crate::nginx::conf::Postconf;

/// Writes one warning for each unprotected location with a regular expression that takes requests from protected ones.
pub(crate) fn warn(cf: Postconf<'_>) {
    let (servers, log) = (location_tree::read(cf), cf.log());
    for server in &servers {
        look_at_level(server, &mut |regex, victims| {
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

/// The protected locations in a level.
#[derive(Default)]
struct Protected<'a> {
    /// Those with a path from which the regular expressions of the levels around it may take requests.
    paths: Vec<&'a Node<'a>>,
    /// Those with a regular expression. Its match is final: only expressions that nginx tries
    /// before it may take requests.
    regexes: Vec<&'a Node<'a>>,
}

/// Compares the protected locations in `level` with the regular expressions that nginx tries before
/// it chooses them.
fn look_at_level<'a>(level: &'a Node<'a>, report: &mut impl FnMut(&Node<'_>, &[&Node<'_>])) -> Protected<'a> {
    // The regular expressions of this level are tried for these, and not for those behind `^~`.
    let (mut tried_for, mut not_tried_for) = (Vec::new(), Vec::new());
    for path in &level.paths {
        let mut paths = look_at_level(path, report).paths;
        if path.conf.is_watched() && Absorbing::of_level(path).first(path.name).is_none() {
            paths.push(path);
        }
        match path.kind {
            Kind::Prefix => tried_for.append(&mut paths),
            Kind::PrefixWithoutRegexes => not_tried_for.append(&mut paths),
            // No regular expression is tried for an exact match.
            Kind::Exact | Kind::Regex(_) => {}
        }
    }
    // Nested locations do not inherit from an `if` of the location around them.
    let around = level.conf.is_watched().then_some(level);
    let absorbing = Absorbing::of_level(level);
    let absorbed_at = |path: &'a Node<'a>| (path, absorbing.first(path.name));
    let tried_for: Vec<_> = tried_for.into_iter().map(absorbed_at).collect();
    let around = around.map(absorbed_at);

    // Each protected location in, or with, a regular expression of this level, and the place of that one.
    let mut final_ones = Vec::new();
    for (at, regex) in level.regexes.iter().enumerate() {
        let mut regexes = look_at_level(regex, report).regexes;
        if regex.conf.is_watched() {
            regexes.push(regex);
        }
        final_ones.extend(regexes.into_iter().map(|protected| (at, regex, protected)));
    }
    for (at, regex) in level.regexes.iter().enumerate() {
        let Kind::Regex(ends) = &regex.kind else { continue };
        if regex.conf.is_watched() || regex.conf.is_enable_written() || regex.is_internal {
            continue;
        }
        let taker = Taker { at, ends, level, absorbing: &absorbing };
        let behind =
            final_ones.get(final_ones.partition_point(|(place, ..)| *place <= at)..).unwrap_or_default();
        let behind =
            behind.iter().filter(|(_, around, victim)| overlap(ends, around) && overlap(ends, victim));
        let victims: Vec<&Node<'_>> = tried_for
            .iter()
            .chain(&around)
            .filter(|(victim, absorbed_at)| taker.takes_from(victim, *absorbed_at))
            .map(|(victim, _)| *victim)
            .chain(behind.map(|(.., victim)| *victim))
            .collect();
        if !victims.is_empty() {
            report(regex, &victims);
        }
    }
    let left_over = tried_for.iter().filter(|(_, absorbed_at)| absorbed_at.is_none()).map(|(path, _)| *path);
    not_tried_for.extend(left_over);
    Protected {
        paths: not_tried_for,
        regexes: final_ones.into_iter().map(|(.., protected)| protected).collect(),
    }
}

/// The regular expressions of a level that take everything below some path. Later ones get no
/// requests from there.
struct Absorbing<'a>(Vec<(usize, &'a RegexEnds)>);

impl<'a> Absorbing<'a> {
    fn of_level(level: &'a Node<'a>) -> Self {
        let absorbing = level.regexes.iter().enumerate().filter_map(|(at, regex)| match &regex.kind {
            Kind::Regex(ends) if ends.absorbs() => Some((at, ends)),
            _ => None,
        });
        Self(absorbing.collect())
    }

    /// The place of the first one that takes everything below `path`.
    fn first(&self, path: &[u8]) -> Option<usize> {
        self.0.iter().find(|(_, ends)| ends.matches_all_below(path)).map(|(at, _)| *at)
    }

    /// The place of the first one that takes everything below `path` in any case of letters.
    fn first_in_any_case(&self, path: &[u8]) -> Option<usize> {
        let absorbs = |(_, ends): &&(usize, &RegexEnds)| ends.ignores_case() && ends.matches_all_below(path);
        self.0.iter().find(absorbs).map(|(at, _)| *at)
    }
}

/// Whether some path may match both.
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
    /// `absorbed_at` is the place of the first regular expression that takes all requests of the location.
    fn takes_from(&self, victim: &Node<'_>, absorbed_at: Option<usize>) -> bool {
        if matches!(victim.kind, Kind::Regex(_)) {
            return overlap(self.ends, victim);
        }
        let name = victim.name;
        let ignores_case = self.ends.ignores_case();
        let comes_before = |absorbed_at: Option<usize>| absorbed_at.is_none_or(|place| self.at <= place);
        let Some(texts) = self.ends.beginnings() else { return comes_before(absorbed_at) };
        texts.iter().any(|text| {
            if text.bytes.len() <= name.len() {
                comes_before(absorbed_at)
                    && begins_with(name, &text.bytes, ignores_case)
                    && (text.rest != Rest::Nothing || text.bytes.len() == name.len())
            } else {
                // A longer prefix may take these requests in the first place, or a regular expression before
                // this one; but not with other letters.
                begins_with(&text.bytes, name, ignores_case)
                    && if ignores_case {
                        comes_before(self.absorbing.first_in_any_case(&text.bytes))
                    } else {
                        comes_before(self.absorbing.first(&text.bytes))
                            && ptr::eq(find(self.level, text).unwrap_or(self.level), victim)
                    }
            }
        })
    }
}

/// The location in which nginx would look for this path without regular expressions.
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
