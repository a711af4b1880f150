//! `ngx_http_pta_module`: the callbacks with which nginx configures it. Each capability registers
//! its own variables and phase handlers.

use core::ptr::NonNull;

use crate::check::{access, rewrite};
use crate::conf::definition::define;
use crate::conf::index::Pta;
use crate::conf::main::MainConf;
use crate::conf::{LocConf, directives, regex_warning};
use crate::nginx::conf::{Conf, Logged, Merging, Postconf};
use crate::nginx::cycle::NewCycle;
use crate::{accel_redirect, file_mtime, issue, variables, version};

define! {
    ngx_http_pta_module: Pta {
        create_main_conf: CreateMainConf(|_| MainConf::default()),
        create_loc_conf: CreateLocConf(LocConf::new) as create_loc,
        merge_loc_conf: MergeLocConf(merge) as merge,
        directives: directives::table(),
        preconfiguration: Preconfiguration(register_variables),
        postconfiguration: Postconfiguration(register_phases),
        init_module: InitModule(start),
    }
}

fn merge(merging: &Merging<'_, Pta>, parent: &LocConf, child: &mut LocConf) -> Result<(), Logged> {
    child.merge(parent, merging)?;
    // SAFETY: `child` is an exclusive reference and has just been merged with `parent`.
    unsafe { parent.note_block(NonNull::from(child)) };
    Ok(())
}

fn register_variables(cf: Conf<'_>) -> Result<(), Logged> {
    variables::register(cf)?;
    issue::register(cf)?;
    file_mtime::register(cf)?;
    version::register(cf)
}

fn register_phases(cf: Postconf<'_>) -> Result<(), Logged> {
    let main = MainConf::find(*cf)?;
    main.refuse_unused_redirects(*cf)?;
    main.warn_of_unused_seals(*cf);
    if !main.enabled_somewhere() {
        return Ok(());
    }
    regex_warning::warn(cf);
    // nginx runs the handler that was registered last first. In PRECONTENT, the handler of `access`
    // must run before that of `accel_redirect`.
    rewrite::register(cf, main)?;
    accel_redirect::register(cf, main)?;
    access::register(cf, main)
}

fn start(cycle: NewCycle<'_>) {
    version::log(cycle);
    rewrite::run_first(cycle);
    access::run_first(cycle);
}
