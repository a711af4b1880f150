//! The tree of a server's locations, as `regex_warning` needs it.

use crate::conf::LocConf;
use crate::conf::index::Pta;
use crate::conf::regex_ends::RegexEnds;
use crate::nginx::conf::{Postconf, Server};
use crate::nginx::http_module::Core;
use crate::nginx::location::Location;

/// A location. The root of the tree is the server.
pub(crate) struct Node<'a> {
    pub(crate) conf: &'a LocConf,
    /// The path or the regular expression.
    pub(crate) name: &'a [u8],
    pub(crate) kind: Kind,
    /// Whether the location is `internal`.
    pub(crate) is_internal: bool,
    /// The nested locations with a path, in no particular order.
    pub(crate) paths: Vec<Self>,
    /// The nested locations with a regular expression, in the order in which nginx tries them.
    pub(crate) regexes: Vec<Self>,
}

pub(crate) enum Kind {
    Prefix,
    /// `^~`: nginx does not try the regular expressions of the same level.
    PrefixWithoutRegexes,
    /// `=`
    Exact,
    Regex(RegexEnds),
}

/// The servers of the configuration.
pub(crate) fn read(cf: Postconf<'_>) -> Vec<Node<'_>> {
    cf.servers().map(root).collect()
}

fn root(server: Server<'_>) -> Node<'_> {
    // SAFETY: nginx has read and merged the http block, and made the trees.
    let location = unsafe { Location::of(server.loc_conf::<Core>()) };
    node(location, server.loc_conf::<Pta>(), Kind::Prefix)
}

fn node<'a>(location: Location<'a>, conf: &'a LocConf, kind: Kind) -> Node<'a> {
    Node {
        conf,
        name: location.name(),
        kind,
        is_internal: location.is_internal(),
        paths: location
            .paths()
            .into_iter()
            .map(|path| node(path, LocConf::of_location(path), kind_of_path(path)))
            .collect(),
        regexes: location
            .regexes()
            .map(|regex| node(regex, LocConf::of_location(regex), kind_of_regex(regex)))
            .collect(),
    }
}

fn kind_of_path(location: Location<'_>) -> Kind {
    if location.is_exact() {
        Kind::Exact
    } else if location.lets_regexes_be_tried() {
        Kind::Prefix
    } else {
        Kind::PrefixWithoutRegexes
    }
}

fn kind_of_regex(location: Location<'_>) -> Kind {
    Kind::Regex(RegexEnds::of_pattern(location.name(), LocConf::of_location(location).ignores_case()))
}
