//! The zones of one configuration.

use core::cell::RefCell;
use std::rc::Rc;

use crate::claims::zone::ClaimZone;
use crate::nginx::source_line::SourceLine;

/// Sorted by name.
#[derive(Default)]
pub(crate) struct Zones(RefCell<Vec<Rc<ClaimZone>>>);

impl Zones {
    /// The zone with this name. Makes it if this is the first directive with it.
    pub(crate) fn find_or_add(&self, name: &[u8], place: SourceLine) -> Rc<ClaimZone> {
        let mut zones = self.0.borrow_mut();
        let at = zones.partition_point(|zone| zone.name() < name);
        if let Some(zone) = zones.get(at).filter(|zone| zone.name() == name) {
            return Rc::clone(zone);
        }
        let zone = Rc::new(ClaimZone::new(name, place));
        zones.insert(at, Rc::clone(&zone));
        zone
    }

    /// Calls `visit` for each zone, in the order of their names.
    pub(crate) fn for_each<E>(&self, mut visit: impl FnMut(&ClaimZone) -> Result<(), E>) -> Result<(), E> {
        self.0.borrow().iter().try_for_each(|zone| visit(zone))
    }
}
