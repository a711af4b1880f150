//! WebDAV: `COPY` and `MOVE` write to the path in the `Destination` header, and a folder stands for
//! everything in it. The token must allow these as well.
//!
//! nginx's dav module maps the destination to a file by the location that handles the request. It
//! does not look for the location of the destination. So both paths must belong to one location,
//! and no other location may take paths from it.

use core::fmt;

use memchr::{memchr, memmem};
use nginx_sys::{
    NGX_HTTP_COPY, NGX_HTTP_DELETE, NGX_HTTP_MOVE, ngx_http_parse_unsafe_uri, ngx_str_t, ngx_uint_t,
};
use ngx::core::Status;
use ngx::http::HTTPStatus;
use ngx::{ngx_log_debug_http, ngx_log_error};
use pta_token::{PathPattern, Refusal};

use crate::conf::LocConf;
use crate::nginx::escaped::Escaped;
use crate::nginx::location::Location;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::nginx::text::bytes_of;
use crate::request::outcome::Outcome;
use crate::request::realm::{Realm, RealmState};
use crate::request::record::Record;
use crate::request::{masked, original};

const COPY: usize = NGX_HTTP_COPY as usize;
const MOVE: usize = NGX_HTTP_MOVE as usize;
const DELETE: usize = NGX_HTTP_DELETE as usize;

/// Whether the request has one of the methods with rules of their own.
#[inline]
pub(crate) fn concerns(request: Request<'_>) -> bool {
    request.method() & (COPY | MOVE | DELETE) != 0
}

fn has_destination(request: Request<'_>) -> bool {
    request.method() & (COPY | MOVE) != 0
}

/// Why a token does not allow the request although it allows the request's path.
pub(crate) enum Objection<'r> {
    /// The location has no prefix, so that no destination belongs to it for certain.
    NoPrefix(Location<'r>),
    /// Another location takes paths from the one that checks, and is not protected by the same
    /// keys.
    Shared { prefix: &'r [u8], by: Location<'r> },
    /// The same for a folder.
    SharedFolder { folder: &'r [u8], by: Location<'r> },
    /// nginx's dav module would refuse the `Destination` header, or servers read it differently.
    InvalidDestination,
    /// The destination does not belong to the location.
    Outside { destination: &'r [u8], prefix: &'r [u8] },
    /// The token does not allow the destination.
    NotAllowed { destination: &'r [u8] },
    /// The destination lies in the folder that is copied or moved.
    Inside { destination: &'r [u8] },
    /// The token does not allow everything in the folder.
    Folder,
}

impl<'r> Objection<'r> {
    /// The same for a log line, with tokens in the paths masked.
    pub(crate) fn masked(self, request: Request<'r>, record: &Record<'r>) -> Result<Self, OutOfMemory> {
        let masked = |path| masked::path(request, record, path);
        Ok(match self {
            Self::SharedFolder { folder, by } => Self::SharedFolder { folder: masked(folder)?, by },
            Self::Outside { destination, prefix } => {
                Self::Outside { destination: masked(destination)?, prefix }
            }
            Self::NotAllowed { destination } => Self::NotAllowed { destination: masked(destination)? },
            Self::Inside { destination } => Self::Inside { destination: masked(destination)? },
            Self::NoPrefix(_) | Self::Shared { .. } | Self::InvalidDestination | Self::Folder => self,
        })
    }
}

impl fmt::Display for Objection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NoPrefix(location) => write!(
                f,
                "COPY and MOVE are refused in location \"{}\", they need a location of their own, with a prefix",
                Escaped(location.name()),
            ),
            Self::Shared { prefix, by } => write!(
                f,
                "COPY and MOVE are refused in location \"{}\", they need a location of their own: location \"{}\" takes \
                 requests from it and is not protected by the same keys",
                Escaped(prefix),
                Escaped(by.name()),
            ),
            Self::SharedFolder { folder, by } => write!(
                f,
                "location \"{}\" takes requests from folder \"{}\" and is not protected by the same keys",
                Escaped(by.name()),
                Escaped(folder),
            ),
            Self::InvalidDestination => f.write_str("invalid \"Destination\" header"),
            Self::Outside { destination, prefix } => write!(
                f,
                "destination \"{}\" is outside location \"{}\"",
                Escaped(destination),
                Escaped(prefix)
            ),
            Self::NotAllowed { destination } => write!(f, "destination \"{}\"", Escaped(destination)),
            Self::Inside { destination } => {
                write!(f, "destination \"{}\" is inside the requested folder", Escaped(destination))
            }
            Self::Folder => f.write_str("a folder needs a token for all of it"),
        }
    }
}

/// Whether a token for `pattern`, which allows the request's own `path`, allows the request.
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

/// Why a token that allows the request's path was refused, for the log.
pub(crate) fn explain<'r>(
    request: Request<'r>,
    outcome: &Outcome<'r>,
    path: &'r [u8],
) -> Option<Objection<'r>> {
    if outcome.refusal() != Some(Refusal::PathMismatch) || !concerns(request) {
        return None;
    }
    let conf = outcome.conf();
    let pattern = outcome.claims()?.path;
    if conf.is_for(&pattern, path) {
        find_objection(request, conf, &pattern, path).ok().flatten()
    } else {
        None
    }
}

fn find_objection<'r>(
    request: Request<'r>,
    conf: &'r LocConf,
    pattern: &PathPattern<'_>,
    path: &'r [u8],
) -> Result<Option<Objection<'r>>, OutOfMemory> {
    // A rewrite may have turned a file's path into a folder's, or the reverse. A token may redirect
    // to a folder.
    let is_folder = path.ends_with(b"/")
        || request.uri().ends_with(b"/")
        || (conf.redirects() && pattern.as_bytes().ends_with(b"/"));
    if is_folder && !pattern.covers_folder(path) {
        return Ok(Some(Objection::Folder));
    }
    if !has_destination(request) {
        return Ok(if is_folder { find_shared_folder(request, conf, path) } else { None });
    }
    let Some(location) = conf.location() else { return Ok(Some(Objection::InvalidDestination)) };
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
    let by = find_foreign(request, conf, prefix);
    Ok(by.map(|by| Objection::Shared { prefix, by }))
}

fn find_objection_to<'r>(
    destination: Path<'r>,
    prefix: &'r [u8],
    pattern: &PathPattern<'_>,
    is_folder: bool,
) -> Option<Objection<'r>> {
    let is_folder = is_folder || destination.resolved.ends_with(b"/");
    // The token must allow both forms: the path as it is spelled, and as the file system reads it.
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

fn find_shared_folder<'r>(
    request: Request<'r>,
    conf: &'r LocConf,
    folder: &'r [u8],
) -> Option<Objection<'r>> {
    // What is in the folder does not belong to `location = /folder/`.
    let around = Location::of_server(request).find_around(folder);
    let other = if around.is_server() { LocConf::of_server(request) } else { LocConf::of_location(around) };
    let is_elsewhere = conf.location().is_some_and(Location::is_exact) && !conf.is_same_realm(other);
    let by = if is_elsewhere { Some(around) } else { find_foreign(request, conf, folder) };
    by.map(|by| Objection::SharedFolder { folder, by })
}

/// A location that nginx may choose for a path below `prefix`, and that is not protected by the
/// same keys as `conf`.
fn find_foreign<'r>(request: Request<'r>, conf: &'r LocConf, prefix: &[u8]) -> Option<Location<'r>> {
    let own = conf.location();
    let is_foreign =
        |location: Location<'r>| own != Some(location) && !conf.is_same_realm(LocConf::of_location(location));
    Location::of_server(request).find_below(prefix, &is_foreign)
}

/// Checks an allowed request again, in the location that handles it: a rewrite or an internal
/// redirect may have changed what the method does. Returns the status if the request is refused.
#[cold]
pub(crate) fn refuse_rewritten<'r>(
    request: Request<'r>,
    record: &Record<'r>,
) -> Result<Option<HTTPStatus>, OutOfMemory> {
    // The error page of a refused request is answered as it is.
    if record.is_refused() && record.shows_error_page() {
        return Ok(None);
    }
    let path = original::path(request, record)?;
    let allowed = record.realms().filter(|entered| entered.state() == RealmState::Allowed);
    let Some(objection) =
        find_objection_to_rewritten(request, record, path, allowed.filter_map(Realm::conf))?
    else {
        return Ok(None);
    };
    let conf = record.outcome().map_or_else(|| LocConf::of(request), |outcome| outcome.conf());
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
            // With `pta_phase rewrite`, the client's path did not yet stand for a folder.
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
    // `alias` removes as many bytes from the destination as the location's prefix has, and does not
    // compare them.
    if let Some(location) = LocConf::of(request).location()
        && location.alias() != 0
    {
        let aliased = location.prefix().and_then(|prefix| prefix.get(..location.alias()));
        if !aliased.is_some_and(|aliased| destination.text.starts_with(aliased)) {
            let prefix = location.name();
            return Ok(Some(Objection::Outside { destination: destination.text, prefix }));
        }
    }
    Ok(None)
}

/// A decoded path.
#[derive(Clone, Copy)]
struct Path<'r> {
    text: &'r [u8],
    /// As the file system reads it: without empty and `.` segments.
    resolved: &'r [u8],
}

impl<'r> Path<'r> {
    fn of(request: Request<'r>, text: &'r [u8]) -> Result<Self, OutOfMemory> {
        let resolved =
            if has_idle_segments(text) { resolve(text, request.allocate_bytes(text.len())?) } else { text };
        Ok(Self { text, resolved })
    }

    /// Whether this is the folder, or something in it.
    fn is_in(&self, folder: &Self) -> bool {
        let folder = folder.resolved.strip_suffix(b"/").unwrap_or(folder.resolved);
        let rest = self.resolved.strip_prefix(folder);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
    }
}

/// The destination of the request.
enum Destination<'r> {
    /// There is no `Destination` header. nginx's dav module answers 400.
    Missing,
    /// nginx's dav module would refuse the header, or there are several lines.
    Invalid,
    Path(Path<'r>),
}

impl<'r> Destination<'r> {
    fn of(request: Request<'r>) -> Result<Self, OutOfMemory> {
        let mut values = request.header_values(b"destination");
        let Some(value) = values.next() else { return Ok(Self::Missing) };
        // nginx takes the first line; another server may take the last one.
        if values.next().is_some() {
            return Ok(Self::Invalid);
        }
        let is_collection = request.uri().ends_with(b"/");
        // nginx compares the end of the value here, even if that is after a `?`.
        if value.ends_with(b"/") != is_collection {
            return Ok(Self::Invalid);
        }
        let path = encoded_path(value, request.server_name(), request.is_encrypted());
        match path.and_then(|path| decode(request, path)) {
            Some(path) => Path::of(request, path).map(Self::Path),
            None => Ok(Self::Invalid),
        }
    }
}

/// The part of a `Destination` header that is its path and query, as nginx's dav module finds it.
///
/// nginx accepts some values that another server may read differently. They are refused here:
///
/// - `//host/path`
/// - `http://hostile` and `http://host@elsewhere`, if the server's name is `host`
/// - values with a `#`
fn encoded_path<'r>(value: &'r [u8], server: &[u8], is_encrypted: bool) -> Option<&'r [u8]> {
    if memchr(b'#', value).is_some() || value.starts_with(b"//") {
        return None;
    }
    if value.starts_with(b"/") {
        return Some(value);
    }
    let scheme: &[u8] = if is_encrypted { b"https://" } else { b"http://" };
    if server.is_empty() {
        return None;
    }
    let rest = value.strip_prefix(scheme)?.strip_prefix(server)?;
    let (port, path) = rest.split_at_checked(memchr(b'/', rest)?)?;
    let is_port = match port {
        [] => true,
        [b':', digits @ ..] => digits.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    is_port.then_some(path)
}

/// Decodes a path that begins with a slash, as nginx's dav module does. None if nginx refuses it,
/// or if there is no memory.
fn decode<'r>(request: Request<'r>, path: &'r [u8]) -> Option<&'r [u8]> {
    let mut uri = ngx_str_t { len: path.len(), data: path.as_ptr().cast_mut() };
    let mut args = ngx_str_t::empty();
    let mut flags: ngx_uint_t = 0;
    // SAFETY: the request is live; the path is only read, and what is decoded is in the request's
    // pool.
    let result =
        unsafe { ngx_http_parse_unsafe_uri(request.as_ptr(), &raw mut uri, &raw mut args, &raw mut flags) };
    // SAFETY: as above.
    (Status(result) == Status::NGX_OK).then(|| unsafe { bytes_of(uri) })
}

fn has_idle_segments(path: &[u8]) -> bool {
    memmem::find(path, b"//").is_some() || memmem::find(path, b"/./").is_some() || path.ends_with(b"/.")
}

/// Writes the path without empty and `.` segments into memory of the same length.
fn resolve<'r>(path: &[u8], memory: &'r mut [u8]) -> &'r [u8] {
    let mut len = 0_usize;
    let mut push = |byte: u8| {
        if let Some(slot) = memory.get_mut(len) {
            *slot = byte;
            len = len.saturating_add(1);
        }
    };
    for segment in path.split(|&byte| byte == b'/').filter(|segment| !matches!(*segment, b"" | b".")) {
        push(b'/');
        segment.iter().copied().for_each(&mut push);
    }
    if path.ends_with(b"/") || path.ends_with(b"/.") {
        push(b'/');
    }
    memory.get(..len).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_a_destination_begins_where_nginx_finds_it() {
        for (value, path) in [
            ("/a/b", Some("/a/b")),
            ("/a/b?c", Some("/a/b?c")),
            ("http://example.org/a", Some("/a")),
            ("http://example.org:8080/a/", Some("/a/")),
            ("http://example.org:/a", Some("/a")),
            ("", None),
            ("a/b", None),
            ("//example.org/a", None),
            ("/a#b", None),
            ("http://example.org", None),
            ("http://example.org?/a", None),
            ("http://example.org.example.net/a", None),
            ("http://example.org@example.net/a", None),
            ("http://example.org:80@example.net/a", None),
            ("http://user@example.org/a", None),
            ("http://example.net/a", None),
            ("HTTP://example.org/a", None),
            ("https://example.org/a", None),
        ] {
            let found = encoded_path(value.as_bytes(), b"example.org", false);
            assert_eq!(found, path.map(str::as_bytes), "{value}");
        }
        assert_eq!(encoded_path(b"https://example.org/a", b"example.org", true), Some(&b"/a"[..]));
        assert_eq!(encoded_path(b"http://example.org/a", b"example.org", true), None);
        assert_eq!(encoded_path(b"http:///a", b"", false), None);
    }

    #[test]
    fn empty_and_dot_segments_are_left_out() {
        for (path, resolved) in [
            ("/", "/"),
            ("//", "/"),
            ("/.", "/"),
            ("/./", "/"),
            ("/a", "/a"),
            ("/a/", "/a/"),
            ("/a//b", "/a/b"),
            ("//a/./b/.", "/a/b/"),
            ("/a/.b/c./...", "/a/.b/c./..."),
            ("/a///", "/a/"),
        ] {
            let mut memory = vec![0; path.len()];
            assert_eq!(resolve(path.as_bytes(), &mut memory), resolved.as_bytes(), "{path}");
            assert_eq!(has_idle_segments(path.as_bytes()), path != resolved, "{path}");
        }
    }

    #[test]
    fn a_folder_contains_itself_and_what_is_below_it() {
        fn path(text: &str) -> Path<'_> {
            Path { text: text.as_bytes(), resolved: text.as_bytes() }
        }
        for (inner, folder, expected) in [
            ("/a/b", "/a/", true),
            ("/a/", "/a/", true),
            ("/a", "/a/", true),
            ("/ab", "/a/", false),
            ("/b/", "/a/", false),
            ("/", "/a/", false),
            ("/a", "/", true),
        ] {
            assert_eq!(path(inner).is_in(&path(folder)), expected, "{inner} in {folder}");
        }
    }
}
