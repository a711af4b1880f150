//! A label of the configuration.

use core::cell::Cell;

use pta_token::{KeyRing, PairId};

use crate::counters::slot::{NO_SLOT, Slot};
use crate::nginx::source_line::SourceLine;

/// The text of a `pta_metrics_label`. All blocks that write or inherit it share it.
pub(crate) struct Label {
    text: Box<[u8]>,
    /// Where it is written first.
    place: SourceLine,
    /// Where its numbers are. Set before nginx accepts the configuration.
    slot: Cell<&'static Slot>,
    /// Whether a location with this label has these pairs.
    has_first: Cell<bool>,
    has_second: Cell<bool>,
}

impl Label {
    pub(crate) fn new(text: &[u8], place: SourceLine) -> Self {
        Self {
            text: text.into(),
            place,
            slot: Cell::new(&NO_SLOT),
            has_first: Cell::new(false),
            has_second: Cell::new(false),
        }
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
        for (pair, _) in ring.pairs() {
            self.pair(pair).set(true);
        }
    }

    /// Whether a location with this label has the pair.
    pub(crate) fn has_pair(&self, pair: PairId) -> bool {
        self.pair(pair).get()
    }

    fn pair(&self, pair: PairId) -> &Cell<bool> {
        match pair {
            PairId::First => &self.has_first,
            PairId::Second => &self.has_second,
        }
    }
}
