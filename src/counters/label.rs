//! A label of the configuration.

use core::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use pta_token::{KeyRing, PairId};

use crate::counters::slot::{NO_SLOT, PAIRS, Slot, index};
use crate::nginx::source_line::SourceLine;

/// The text of a `pta_metrics_label`. All blocks that write or inherit it share it.
pub(crate) struct Label {
    text: Box<[u8]>,
    /// Where it is written first.
    place: SourceLine,
    /// Where its numbers are. Set before nginx accepts the configuration.
    slot: Cell<&'static Slot>,
    /// The fingerprints of the 1st and the 2nd pairs of locations with this label.
    keys: RefCell<[BTreeSet<u64>; PAIRS]>,
}

impl Label {
    pub(crate) fn new(text: &[u8], place: SourceLine) -> Self {
        Self { text: text.into(), place, slot: Cell::new(&NO_SLOT), keys: RefCell::default() }
    }

    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    pub(crate) fn place(&self) -> SourceLine {
        self.place
    }

    #[inline]
    pub(crate) fn slot(&self) -> &'static Slot {
        self.slot.get()
    }

    pub(super) fn has_slot(&self) -> bool {
        !core::ptr::eq(self.slot.get(), &raw const NO_SLOT)
    }

    pub(super) fn set_slot(&self, slot: &'static Slot) {
        self.slot.set(slot);
    }

    /// Notes the keys of a location with this label.
    pub(crate) fn note_keys(&self, ring: &KeyRing) {
        for (id, pair) in ring.pairs() {
            if let Some(known) = self.keys.borrow_mut().get_mut(index(id)) {
                known.insert(pair.fingerprint());
            }
        }
    }

    /// Whether a location with this label has the pair.
    pub(crate) fn has_pair(&self, pair: PairId) -> bool {
        self.keys.borrow().get(index(pair)).is_some_and(|keys| !keys.is_empty())
    }

    /// A number for all 1st pairs, and one for all 2nd pairs.
    pub(super) fn fingerprints(&self) -> [u64; PAIRS] {
        let all = |keys: &BTreeSet<u64>| keys.iter().fold(0_u64, |sum, key| sum.wrapping_add(*key));
        self.keys.borrow().each_ref().map(all)
    }
}
