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

use crate::conf::definition::define;
use crate::nginx::attempt::Needed;
use crate::nginx::body_filter::{BodyStep, Chain};
use crate::nginx::conf::{Logged, Postconf};
use crate::nginx::handler::handler;
use crate::nginx::header_filter::{HeaderStep, NextHeaderFilter};
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::playlist::conf::{Playlist, PlaylistConf, PlaylistMain};

define! {
    ngx_http_pta_playlist_module: Playlist {
        create_main_conf: CreatePlaylistMainConf(|_| PlaylistMain::default()),
        create_loc_conf: CreatePlaylistConf(()) as create_shared,
        merge_loc_conf: MergePlaylistConf(PlaylistConf::merge) as merge_shared,
        directives: directives::table(),
        preconfiguration: PlaylistPreconfiguration(counts::register),
        postconfiguration: PlaylistPostconfiguration(register),
    }
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
