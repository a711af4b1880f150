//! `ngx_http_pta_once_module`: a token allows one request.
//!
//! The check looks up whether a token has been used (`check::replay`). It is marked as used only when
//! all access modules have let the request in.

mod claim;
mod conf;
mod directives;
mod location;
mod release;

use crate::conf::definition::define;
use crate::nginx::attempt::Needed;
use crate::nginx::conf::{Logged, Postconf};
use crate::nginx::cycle::NewCycle;
use crate::nginx::headers;
use crate::nginx::request::Request;
use crate::once::conf::{Once, OnceConf, OnceMain};
use crate::request::usage::Usage;

define! {
    ngx_http_pta_once_module: Once {
        create_main_conf: CreateOnceMainConf(|_| OnceMain::default()),
        create_loc_conf: CreateOnceConf(()) as create_shared,
        merge_loc_conf: MergeOnceConf(OnceConf::merge) as merge_shared,
        directives: directives::table(),
        postconfiguration: OncePostconfiguration(register),
        init_module: OnceInitModule(start),
    }
}

fn register(cf: Postconf<'_>) -> Result<(), Logged> {
    conf::complete_zones(*cf)?;
    if !OnceMain::of(*cf).is_some_and(OnceMain::is_used) {
        return Ok(());
    }
    location::register(cf)?;
    claim::register(cf)?;
    release::register(cf)
}

fn start(cycle: NewCycle<'_>) {
    location::run_first(cycle);
}

/// For `release=error`.
pub(crate) static NEEDED: Needed = Needed::no();

/// Whether a location of this configuration needs [`note_answer`].
pub(crate) fn needs_header_filter(cf: Postconf<'_>) -> bool {
    let releases = OnceMain::of(*cf).is_some_and(OnceMain::releases);
    if releases {
        NEEDED.note();
    }
    releases
}

/// Notes whether the header that is being sent is no error.
#[inline]
pub(crate) fn note_answer(request: Request<'_>) {
    if NEEDED.get() && request.is_main() {
        if let Some(usage) = Usage::find(request) {
            usage.note_answer(!headers::is_error(request));
        }
    }
}
