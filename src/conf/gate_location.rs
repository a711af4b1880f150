//! The `pta_gate` of a location.

use core::cell::OnceCell;
use std::rc::Rc;

use pta_token::KeyRing;

use crate::conf::LocConf;
use crate::conf::gate::WrittenGate;
use crate::conf::index::Pta;
use crate::nginx::conf::Conf;
use crate::nginx::source_line::SourceLine;

impl LocConf {
    /// Notes that the location whose directive is being read is a gate. False if it is one already.
    pub(crate) fn note_gate(cf: Conf<'_>, place: SourceLine) -> bool {
        // SAFETY: nginx has created the configuration with the location, and nothing changes it
        // while the directive of another module is read.
        let conf = unsafe { &*cf.loc_conf_ptr::<Pta>() };
        conf.extras().gate.set(Rc::new(WrittenGate { place, ring: OnceCell::new() })).is_ok()
    }

    /// Where the `pta_gate` of this location is.
    pub(crate) fn gate_place(&self) -> Option<SourceLine> {
        self.gate().map(|gate| gate.place)
    }

    /// The key ring of a gate.
    pub(crate) fn gate_ring(&self) -> Option<&KeyRing> {
        self.gate()?.ring.get().map(Rc::as_ref)
    }
}
