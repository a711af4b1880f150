//! `ngx_http_pta_playlist_module`: adds a token to the references of HLS and DASH playlists.

mod body;
mod candidate;
mod conf;
mod counts;
mod directives;
mod header;
mod held;
mod log;
mod refusal;
mod sign;
mod source;

use nginx_sys::{ngx_http_module_t, ngx_module_t};

use crate::conf::table::define;
use crate::nginx::attempt::Needed;
use crate::nginx::body_filter::{BodyStep, Chain};
use crate::nginx::conf::{Conf, Logged, Postconf};
use crate::nginx::handler::handler;
use crate::nginx::header_filter::{HeaderStep, NextHeaderFilter};
use crate::nginx::http_module::OwnModule;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::playlist::conf::{Playlist, PlaylistConf, PlaylistMain};

static MODULE_CONTEXT: ngx_http_module_t = ngx_http_module_t {
    preconfiguration: Some(preconfiguration),
    postconfiguration: Some(postconfiguration),
    create_main_conf: Some(create_main_conf),
    init_main_conf: None,
    create_srv_conf: None,
    merge_srv_conf: None,
    create_loc_conf: Some(create_loc_conf),
    merge_loc_conf: Some(merge_loc_conf),
};

/// The module as nginx sees it. Mutable because nginx numbers its modules when it loads them.
#[allow(non_upper_case_globals)] // the name by which nginx places it
#[cfg_attr(not(test), used)]
pub(crate) static mut ngx_http_pta_playlist_module: ngx_module_t = ngx_module_t {
    // SAFETY: all callbacks are made for `Playlist`.
    ..unsafe { define(&MODULE_CONTEXT, &directives::table()) }
};

handler! { fn create_main_conf(cf) -> conf = create_main(CreatePlaylistMainConf, Playlist, new_main_conf) }
handler! {
    fn create_loc_conf(cf) -> conf = create_loc(CreatePlaylistConf, Playlist, |_| PlaylistConf::default())
}
handler! {
    fn merge_loc_conf(cf, parent, child) =
        merge(MergePlaylistConf, Playlist, |merging, parent, child| child.merge(parent, merging))
}
handler! { fn preconfiguration(cf) = preconfiguration(PlaylistPreconfiguration, counts::register) }
handler! { fn postconfiguration(cf) = postconfiguration(PlaylistPostconfiguration, register) }

fn new_main_conf(_: Conf<'_>) -> PlaylistMain {
    // SAFETY: nginx has given the module its index, and this is its first callback that needs it.
    unsafe { Playlist::stored_index().set((&raw const ngx_http_pta_playlist_module.ctx_index).read()) };
    PlaylistMain::default()
}

pub(crate) static NEEDED: Needed = Needed::no();

static NEXT_HEADER_FILTER: NextHeaderFilter = NextHeaderFilter::unknown();

handler! {
    /// The module has no order, so nginx sets it up last, and its header filter runs first.
    fn first_header_filter(request) = header_filter(FirstHeaderFilter, prepare, &NEXT_HEADER_FILTER)
}

fn register(cf: Postconf<'_>) -> Result<(), Logged> {
    if let Some(main) = PlaylistMain::of(*cf) {
        main.refuse_unusable(*cf)?;
    }
    if needs_filters(cf) || NEEDED.get() {
        NEXT_HEADER_FILTER.put_first(cf, Some(first_header_filter));
    }
    Ok(())
}

#[allow(clippy::unnecessary_wraps)] // as header filters are
fn prepare(request: Request<'_>) -> Result<(), OutOfMemory> {
    if request.is_main() {
        header::prepare(request);
    }
    Ok(())
}

/// Whether a location of this configuration needs [`hold`] and [`filter_body`].
pub(crate) fn needs_filters(cf: Postconf<'_>) -> bool {
    let signs = PlaylistMain::of(*cf).is_some_and(PlaylistMain::signs);
    if signs {
        NEEDED.note();
    }
    signs
}

/// Header filter that holds a playlist.
#[inline]
pub(crate) fn hold(request: Request<'_>) -> Result<HeaderStep, OutOfMemory> {
    let may_hold = NEEDED.get() && request.is_main();
    if may_hold { header::hold(request) } else { Ok(HeaderStep::PassOn) }
}

/// Body filter that signs the held playlist.
#[inline]
pub(crate) fn filter_body<'r>(request: Request<'r>, chain: Chain<'r>) -> Result<BodyStep<'r>, OutOfMemory> {
    if NEEDED.get() { body::filter(request, chain) } else { Ok(BodyStep::PassOn) }
}
