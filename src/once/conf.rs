//! `pta_once` in the configuration.

use core::cell::Cell;
use std::rc::Rc;

use crate::conf::index::Pta;
use crate::conf::inherit::inherit;
use crate::conf::main::MainConf;
use crate::conf::once::OnceRules;
use crate::conf::policy::CheckPhase;
use crate::nginx::conf::{Conf, Logged, Merging, log};
use crate::nginx::http_module::{HasContext, HasLocConf, HasMainConf, MergedBefore, own_module};
use crate::nginx::shared_conf::Block;
use crate::nginx::unwritten::Unwritten;

own_module! {
    /// Stands for `ngx_http_pta_once_module` in code that reads its data.
    pub(crate) enum Once {}
}

// SAFETY: `Once` stands behind `ngx_http_pta_module` in the list, and has no order.
unsafe impl MergedBefore<Once> for Pta {}

/// A `pta_once` that is written in the configuration.
#[derive(Clone)]
pub(super) enum Written {
    Off,
    On(Rc<OnceRules>),
}

/// The configuration of a location, a server or the http block.
#[derive(Default)]
pub(crate) struct OnceConf {
    pub(super) written: Option<Written>,
}

// SAFETY: `create_loc_conf` of the module creates this type.
unsafe impl HasLocConf for Once {
    type LocConf = OnceConf;
    const UNWRITTEN: Option<&'static Unwritten<OnceConf>> = Some(&UNWRITTEN);
}

static UNWRITTEN: Unwritten<OnceConf> = Unwritten::new(OnceConf { written: None });

/// The context of a request that makes its claims in this arrival.
pub(crate) struct Claims;

pub(super) static CLAIMS: Claims = Claims;

// SAFETY: only `claim.rs` sets the context, with `Request::set_context`.
unsafe impl HasContext for Once {
    type Context<'r> = Claims;
}

impl OnceConf {
    pub(super) fn merge(merging: &Merging<'_, Once>, block: Block<'_, Once>) -> Result<(), Logged> {
        let (cf, check) = (**merging, merging.merged::<Pta>());
        // A gate's verdict uses nothing up. There, an inherited one does not apply.
        let written = block.written().and_then(|conf| conf.written.as_ref());
        if let (Some(Written::On(rules)), Some(gate)) = (written, check.gate_place()) {
            let place = rules.place;
            return Err(log(
                cf,
                format_args!("\"pta_gate\" directive in {gate} is incompatible with \"pta_once\" in {place}"),
            ));
        }
        let conf = block.merge(|own, parent| inherit(&mut own.written, parent.written.as_ref()));
        let (Some(Written::On(rules)), Some(ring)) = (&conf.written, check.ring()) else { return Ok(()) };
        let place = rules.place;
        if check.policy().phase() == CheckPhase::Rewrite {
            return Err(log(
                cf,
                format_args!("\"pta_once\" directive is incompatible with \"pta_phase rewrite\" in {place}"),
            ));
        }
        let is_sealed = ring.pairs().any(|(_, pair)| pair.seal_key().is_some());
        if !is_sealed {
            MainConf::warn_once(
                cf,
                place,
                format_args!(
                    "\"pta_once\" directive without a seal key: unsealed tokens can be changed so that they \
                     are accepted again"
                ),
            );
        } else if !ring.requires_seal() {
            return Err(log(
                cf,
                format_args!(
                    "\"pta_once\" directive needs \"pta_require_seal on\", because a seal key is set in {place}"
                ),
            ));
        }
        rules.zone.note_keys(ring);
        check.use_once(rules);
        if let Some(main) = OnceMain::of(cf) {
            main.is_used.set(true);
            main.releases.set(main.releases.get() || rules.releases);
        }
        Ok(())
    }
}

/// The configuration of the http block.
#[derive(Default)]
pub(crate) struct OnceMain {
    /// Whether a protected location lets tokens be used once.
    is_used: Cell<bool>,
    /// Whether one of them has `release=error`.
    releases: Cell<bool>,
}

// SAFETY: `create_main_conf` of the module creates this type.
unsafe impl HasMainConf for Once {
    type MainConf = OnceMain;
}

impl OnceMain {
    pub(crate) fn of(cf: Conf<'_>) -> Option<&Self> {
        cf.main_conf::<Once>()
    }

    pub(crate) fn is_used(&self) -> bool {
        self.is_used.get()
    }

    pub(crate) fn releases(&self) -> bool {
        self.releases.get()
    }
}

/// Completes the zones. An error if a `pta_once` names a zone that does not exist.
pub(super) fn complete_zones(cf: Conf<'_>) -> Result<(), Logged> {
    let main = MainConf::find(cf)?;
    main.claim_zones().for_each(|zone| {
        if zone.is_defined() {
            zone.set_leeway(|ring| main.longest_leeway(ring));
            return Ok(());
        }
        let (name, place) = (zone.name().escape_ascii(), zone.place());
        Err(log(
            cf,
            format_args!(
                "no \"pta_once_zone\" \"{name}\" is defined for the \"pta_once\" directive in {place}"
            ),
        ))
    })
}
