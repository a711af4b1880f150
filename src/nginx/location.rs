//! The locations of a server, as nginx searches them for a path.

use nginx_sys::{ngx_http_core_loc_conf_t, ngx_http_location_tree_node_t};

use crate::nginx::http_module::{Core, HasLocConf};
use crate::nginx::layout;
use crate::nginx::request::Request;
use crate::nginx::text::bytes_of;

/// A location, or a server as the level above its locations. Its configuration is complete.
#[derive(Clone, Copy)]
pub(crate) struct Location<'r>(&'r ngx_http_core_loc_conf_t);

impl PartialEq for Location<'_> {
    fn eq(&self, other: &Self) -> bool {
        core::ptr::eq(self.0, other.0)
    }
}

impl<'r> Location<'r> {
    /// # Safety
    ///
    /// `core` must belong to a configuration that nginx has read completely. Nothing may write to
    /// it any more.
    pub(crate) unsafe fn of(core: &'r ngx_http_core_loc_conf_t) -> Self {
        Self(core)
    }

    /// The server that handles the request, as the level above its locations.
    pub(crate) fn of_server(request: Request<'r>) -> Self {
        // SAFETY: a server's configuration is complete before the first request. Nothing writes to
        // it then.
        unsafe { Self::of(request.server_loc_conf::<Core>()) }
    }

    /// The path, regular expression or `@name` in the configuration. Empty for a server.
    pub(crate) fn name(self) -> &'r [u8] {
        // SAFETY: the name is a string of the configuration.
        unsafe { bytes_of(self.0.name) }
    }

    /// The prefix of all paths for which nginx chooses this location. `None` for a regular
    /// expression, `=` and `@name`.
    pub(crate) fn prefix(self) -> Option<&'r [u8]> {
        let has_no_prefix = self.is_regex() || self.is_exact() || layout::is_named(self.0);
        (!has_no_prefix).then(|| self.name())
    }

    /// Whether this is `location = /path`.
    pub(crate) fn is_exact(self) -> bool {
        layout::is_exact(self.0)
    }

    /// How many bytes of a path `alias` replaces. 0 without `alias`, the largest number in a
    /// regular expression.
    pub(crate) fn alias(self) -> usize {
        self.0.alias
    }

    /// A module's configuration of the location. Not for a server: nginx keeps that elsewhere.
    pub(crate) fn conf<M: HasLocConf>(self) -> &'r M::LocConf {
        // SAFETY: by the trait's contract; the table has an element for each HTTP module.
        unsafe { &*(*self.0.loc_conf.add(M::index())).cast() }
    }

    /// Whether this is a server.
    pub(crate) fn is_server(self) -> bool {
        self.0.loc_conf.is_null()
    }

    /// The location with the longest prefix of `path`. Ignores `location =`. Returns this location
    /// if there is no other.
    pub(crate) fn find_around(self, path: &[u8]) -> Self {
        let mut around: Option<Self> = None;
        let mut look = |location: Self| {
            let name = location.prefix()?;
            if path.starts_with(name) && around.is_none_or(|around| around.name().len() < name.len()) {
                around = Some(location);
            }
            None
        };
        // SAFETY: the tree is part of this location's configuration.
        let _: Option<Self> = unsafe { find_in_tree(self.0.static_locations, &mut look) };
        around.map_or(self, |around| around.find_around(path))
    }

    /// Whether only internal requests reach it (`internal`).
    pub(crate) fn is_internal(self) -> bool {
        self.0.internal == 1
    }

    /// The nested locations with a path, in no particular order.
    pub(crate) fn paths(self) -> Vec<Self> {
        let mut paths = Vec::new();
        // SAFETY: the tree is part of this location's configuration.
        unsafe {
            find_in_tree(self.0.static_locations, &mut |location| {
                paths.push(location);
                None
            });
        }
        paths
    }

    /// A location that `is_wanted` and that nginx may choose for a path below `prefix`. nginx
    /// begins its search at the level of this location.
    pub(crate) fn find_below(
        self,
        prefix: &[u8],
        is_wanted: &impl Fn(Location<'r>) -> bool,
    ) -> Option<Location<'r>> {
        // The location with the longest name that is a prefix of `prefix`. nginx descends into no
        // other location with such a name.
        let mut around: Option<Location<'r>> = None;
        let mut tries_regexes = false;
        let mut look = |location: Location<'r>| {
            let name = location.name();
            let is_below = name.starts_with(prefix);
            if is_below && is_wanted(location) {
                return Some(location);
            }
            // `location =` matches one path and has no nested locations.
            location.prefix()?;
            if prefix.starts_with(name) && around.is_none_or(|around| around.name().len() < name.len()) {
                around = Some(location);
            }
            if is_below {
                tries_regexes |= location.lets_regexes_be_tried();
                return location.find_below(prefix, is_wanted);
            }
            None
        };
        // SAFETY: the tree is part of this location's configuration.
        let found = unsafe { find_in_tree(self.0.static_locations, &mut look) };
        if found.is_some() {
            return found;
        }
        // A location whose name equals `prefix` has already been searched.
        if let Some(around) = around.filter(|around| around.name() != prefix) {
            let found = around.find_below(prefix, is_wanted);
            if found.is_some() {
                return found;
            }
        }
        if !tries_regexes && around.is_some_and(|around| !around.lets_regexes_be_tried()) {
            return None;
        }
        self.regexes().find_map(|regex| {
            if is_wanted(regex) { Some(regex) } else { regex.find_below(prefix, is_wanted) }
        })
    }
}

/// The first location in a tree of nginx for which `look` returns one.
///
/// # Safety
///
/// `node` must be NULL or belong to a configuration that is complete and lives for `'r`.
unsafe fn find_in_tree<'r>(
    node: *const ngx_http_location_tree_node_t,
    look: &mut impl FnMut(Location<'r>) -> Option<Location<'r>>,
) -> Option<Location<'r>> {
    // SAFETY: by this function's contract.
    let node = unsafe { node.as_ref::<'r>() }?;
    for core in [node.exact, node.inclusive] {
        // SAFETY: NULL, or a location of the same configuration.
        let location = unsafe { core.as_ref::<'r>() }.map(Location);
        if let Some(found) = location.and_then(&mut *look) {
            return Some(found);
        }
    }
    // SAFETY: these are parts of the same tree.
    [node.left, node.tree, node.right].into_iter().find_map(|next| unsafe { find_in_tree(next, look) })
}

#[cfg(ngx_feature = "pcre")]
impl<'r> Location<'r> {
    fn is_regex(self) -> bool {
        !self.0.regex.is_null()
    }

    /// Whether nginx also tries regular expressions after it has found this location. Not with
    /// `^~`.
    pub(crate) fn lets_regexes_be_tried(self) -> bool {
        !layout::skips_regexes(self.0)
    }

    /// The locations with a regular expression at this level, in the order in which nginx tries
    /// them.
    pub(crate) fn regexes(self) -> impl Iterator<Item = Location<'r>> {
        let first = self.0.regex_locations;
        (0_usize..).map_while(move |index| {
            if first.is_null() {
                return None;
            }
            // SAFETY: the array of locations ends with NULL.
            unsafe { (*first.add(index)).as_ref::<'r>() }.map(Self)
        })
    }
}

/// An nginx without regular expressions.
#[cfg(not(ngx_feature = "pcre"))]
#[allow(clippy::unused_self)] // the same signatures as above
impl<'r> Location<'r> {
    fn is_regex(self) -> bool {
        false
    }

    pub(crate) fn lets_regexes_be_tried(self) -> bool {
        false
    }

    pub(crate) fn regexes(self) -> impl Iterator<Item = Location<'r>> {
        core::iter::empty()
    }
}
