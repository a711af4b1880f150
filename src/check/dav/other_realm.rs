//! Locations that take paths from the one that checks the request, but are not of its realm.

use crate::check::dav::objection::Objection;
use crate::conf::LocConf;
use crate::nginx::location::Location;
use crate::nginx::request::Request;

/// The objection if another location handles paths in the folder.
pub(crate) fn find_shared_folder<'r>(
    request: Request<'r>,
    conf: &'r LocConf,
    folder: &'r [u8],
) -> Option<Objection<'r>> {
    // `location = /folder/` handles the folder, but not what is in it.
    let around = Location::of_server(request).find_around(folder);
    let other = if around.is_server() { LocConf::of_server(request) } else { LocConf::of_location(around) };
    let is_elsewhere = conf.location(request).is_some_and(Location::is_exact) && !conf.is_same_realm(other);
    let by = if is_elsewhere { Some(around) } else { find_below(request, conf, folder) };
    by.map(|by| Objection::SharedFolder { folder, by })
}

/// A location that nginx may choose for a path below `prefix`, and that is not protected by the
/// same keys as `conf`.
pub(crate) fn find_below<'r>(request: Request<'r>, conf: &'r LocConf, prefix: &[u8]) -> Option<Location<'r>> {
    let own = conf.location(request);
    let is_other =
        |location: Location<'r>| own != Some(location) && !conf.is_same_realm(LocConf::of_location(location));
    Location::of_server(request).find_below(prefix, &is_other)
}
