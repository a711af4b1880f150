//! `pta_gate` in the configuration.

use core::cell::OnceCell;
use std::rc::Rc;

use pta_token::KeyRing;

use crate::nginx::complex_value::ComplexValue;
use crate::nginx::http_module::{HasLocConf, HasMainConf, own_module};
use crate::nginx::source_line::SourceLine;
use crate::nginx::unwritten::Unwritten;

own_module! {
    /// Stands for `ngx_http_pta_gate_module` in code that reads its data.
    pub(crate) enum Gate {}
}

/// The module has no configuration of the http block. But nginx refuses NULL, so it gets one byte.
#[derive(Default)]
pub(crate) struct GateMain(#[allow(dead_code)] u8);

// SAFETY: `create_main_conf` of the module creates this type.
unsafe impl HasMainConf for Gate {
    type MainConf = GateMain;
}

/// What the module keeps of a location. What the check needs is in [`WrittenGate`].
#[derive(Default)]
pub(crate) struct GateConf {
    /// The parameter `uri=`.
    pub(crate) uri: Option<ComplexValue>,
}

// SAFETY: `create_loc_conf` of the module creates this type.
unsafe impl HasLocConf for Gate {
    type LocConf = GateConf;
    const UNWRITTEN: Option<&'static Unwritten<GateConf>> = Some(&UNWRITTEN);
}

static UNWRITTEN: Unwritten<GateConf> = Unwritten::new(GateConf { uri: None });

/// A `pta_gate` that is written in a location. The blocks in that location share it.
pub(crate) struct WrittenGate {
    pub(super) place: SourceLine,
    /// Set when the location is merged.
    pub(super) ring: OnceCell<Rc<KeyRing>>,
}
