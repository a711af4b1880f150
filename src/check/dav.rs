//! WebDAV: `COPY` and `MOVE` write to the path in the `Destination` header, and a folder stands for
//! everything in it. The token must allow these as well.
//!
//! nginx's dav module maps the destination to a file by the location that handles the request. It
//! does not look for the location of the destination. So both paths must belong to one location,
//! and no other location may take paths from it.

mod destination;
mod objection;
mod other_realm;

use nginx_sys::{NGX_HTTP_COPY, NGX_HTTP_DELETE, NGX_HTTP_MOVE};
use ngx::http::HTTPStatus;
use ngx::{ngx_log_debug_http, ngx_log_error};
use pta_token::{PathPattern, Refusal};

use crate::check::count;
use crate::check::dav::destination::{Destination, Path};
use crate::check::dav::objection::Objection;
use crate::check::dav::other_realm::{find_below, find_shared_folder};
use crate::conf::LocConf;
use crate::counters::denial::Denial;
use crate::nginx::escaped::Escaped;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::request::outcome::Outcome;
use crate::request::realm::{Realm, RealmState};
use crate::request::record::Record;
use crate::request::{masked, original};

const COPY: usize = NGX_HTTP_COPY as usize;
const MOVE: usize = NGX_HTTP_MOVE as usize;
const DELETE: usize = NGX_HTTP_DELETE as usize;

/// Whether the method is `COPY`, `MOVE` or `DELETE`.
#[inline]
pub(crate) fn concerns(request: Request<'_>) -> bool {
    request.method() & (COPY | MOVE | DELETE) != 0
}

/// Whether the method is `COPY` or `MOVE`.
pub(crate) fn has_destination(request: Request<'_>) -> bool {
    request.method() & (COPY | MOVE) != 0
}

/// Whether a token for `pattern` allows the request. `pattern` must allow its `path`.
#[cold]
pub(crate) fn allows<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    conf: &'r LocConf,
    pattern: &PathPattern<'_>,
    path: &'r [u8],
) -> Result<bool, OutOfMemory> {
    if let Some(objection) = find_objection(request, conf, pattern, path)? {
        let objection = objection.masked(request, record)?;
        ngx_log_debug_http!(request, "pta: {objection}");
        return Ok(false);
    }
    if !pattern.covers_folder(path) && !conf.policy().is_dry_run() {
        record.note_narrow_token(conf);
    }
    Ok(true)
}

/// Whether a token for `pattern` allows the method that a gate is asked about. `DELETE` of a folder
/// concerns everything in it.
#[cold]
pub(crate) fn allows_asked(request: Request<'_>, pattern: &PathPattern<'_>, path: &[u8]) -> bool {
    let deletes = request.main().method() & DELETE != 0;
    !deletes || !path.ends_with(b"/") || pattern.covers_folder(path)
}

/// Why a token that allows the request's path was refused, for the log.
pub(crate) fn explain<'r>(
    request: Request<'r>,
    outcome: &Outcome<'r>,
    path: &'r [u8],
) -> Result<Option<Objection<'r>>, OutOfMemory> {
    if outcome.refusal() != Some(Refusal::PathMismatch) || !concerns(request) {
        return Ok(None);
    }
    let conf = outcome.conf();
    let Some(pattern) = outcome.claims().map(|claims| claims.path) else { return Ok(None) };
    if conf.is_for(&pattern, path) { find_objection(request, conf, &pattern, path) } else { Ok(None) }
}

fn find_objection<'r>(
    request: Request<'r>,
    conf: &'r LocConf,
    pattern: &PathPattern<'_>,
    path: &'r [u8],
) -> Result<Option<Objection<'r>>, OutOfMemory> {
    // A rewrite may have turned a file's path into a folder's, or the reverse. A token may redirect
    // the request to a folder.
    let is_folder = path.ends_with(b"/")
        || request.uri().ends_with(b"/")
        || (conf.redirects() && pattern.as_bytes().ends_with(b"/"));
    if is_folder && !pattern.covers_folder(path) {
        return Ok(Some(Objection::Folder));
    }
    if !has_destination(request) {
        return Ok(if is_folder { find_shared_folder(request, conf, path) } else { None });
    }
    let Some(location) = conf.location(request) else { return Ok(Some(Objection::InvalidDestination)) };
    let Some(prefix) = location.prefix() else { return Ok(Some(Objection::NoPrefix(location))) };
    match Destination::of(request)? {
        Destination::Missing => {}
        Destination::Invalid => return Ok(Some(Objection::InvalidDestination)),
        Destination::Path(destination) => {
            if let Some(objection) = find_objection_to(destination, prefix, pattern, is_folder) {
                return Ok(Some(objection));
            }
            if is_folder && destination.is_in(&Path::of(request, path)?) {
                return Ok(Some(Objection::Inside { destination: destination.text }));
            }
        }
    }
    let by = find_below(request, conf, prefix);
    Ok(by.map(|by| Objection::Shared { prefix, by }))
}

fn find_objection_to<'r>(
    destination: Path<'r>,
    prefix: &'r [u8],
    pattern: &PathPattern<'_>,
    is_folder: bool,
) -> Option<Objection<'r>> {
    let is_folder = is_folder || destination.resolved.ends_with(b"/");
    // The token must allow the path both as it is written and as the file system reads it.
    for path in [destination.text, destination.resolved] {
        if !path.starts_with(prefix) {
            return Some(Objection::Outside { destination: destination.text, prefix });
        }
        if !pattern.matches(path) {
            return Some(Objection::NotAllowed { destination: destination.text });
        }
        if is_folder && !pattern.covers_folder(path) {
            return Some(Objection::Folder);
        }
    }
    None
}

/// Checks an allowed request again in the location that handles it, because a rewrite or an
/// internal redirect may have changed what the method does. Returns the status if the request is
/// refused.
#[cold]
pub(crate) fn refuse_rewritten<'r>(
    request: Request<'r>,
    record: &Record<'r>,
) -> Result<Option<HTTPStatus>, OutOfMemory> {
    // The error page of a refused request is not checked.
    if record.was_refused() && record.shows_error_page() {
        return Ok(None);
    }
    let path = original::path(request, record)?;
    let allowed = record.realms().filter(|realm| realm.state() == RealmState::Allowed);
    let Some(objection) =
        find_objection_to_rewritten(request, record, path, allowed.filter_map(Realm::conf))?
    else {
        return Ok(None);
    };
    let conf = record.outcome().map_or_else(|| LocConf::of(request), |outcome| outcome.conf());
    // A dry run does not prevent this.
    count::denied_later(conf, Denial::Refused(Refusal::PathMismatch), false);
    let objection = objection.masked(request, record)?;
    ngx_log_error!(
        conf.policy().log_level(),
        request.log(),
        "pta: {}, requested \"{}\", rewritten to \"{}\", {objection}",
        Refusal::PathMismatch,
        Escaped(masked::path(request, record, path)?),
        Escaped(masked::path(request, record, request.uri())?)
    );
    record.refuse(conf.policy().cache_control());
    record.refuse_finally();
    Ok(Some(conf.policy().status(Refusal::PathMismatch)))
}

fn find_objection_to_rewritten<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    path: &'r [u8],
    mut allowed: impl Iterator<Item = &'r LocConf>,
) -> Result<Option<Objection<'r>>, OutOfMemory> {
    let uri = request.uri();
    let is_folder = uri.ends_with(b"/") && uri != path;
    if is_folder && record.had_narrow_token() {
        return Ok(Some(Objection::Folder));
    }
    let Some(conf) = allowed.next() else { return Ok(None) };
    if is_folder {
        let mut confs = core::iter::once(conf).chain(allowed);
        if let Some(objection) = confs.find_map(|conf| {
            // With `pta_phase rewrite`, the client's path was checked before the rewrite made a
            // folder of it.
            [uri, path].into_iter().find_map(|folder| find_shared_folder(request, conf, folder))
        }) {
            return Ok(Some(objection));
        }
    }
    if !has_destination(request) {
        return Ok(None);
    }
    let destination = match Destination::of(request)? {
        Destination::Missing => return Ok(None),
        Destination::Invalid => return Ok(Some(Objection::InvalidDestination)),
        Destination::Path(destination) => destination,
    };
    if is_folder && destination.is_in(&Path::of(request, uri)?) {
        return Ok(Some(Objection::Inside { destination: destination.text }));
    }
    // With `alias`, nginx removes as many bytes from the destination as the location's prefix has.
    // It does not compare them.
    if let Some(location) = LocConf::of(request).location(request).filter(|location| location.alias() != 0) {
        let aliased = location.prefix().and_then(|prefix| prefix.get(..location.alias()));
        if !aliased.is_some_and(|aliased| destination.text.starts_with(aliased)) {
            let prefix = location.name();
            return Ok(Some(Objection::Outside { destination: destination.text, prefix }));
        }
    }
    Ok(None)
}
