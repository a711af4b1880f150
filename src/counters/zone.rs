//! Which label has which slot of the zone, and how both outlive reloads.
//!
//! nginx prepares the zone before it accepts a configuration. So an *attempt* only reserves slots,
//! and the *generation* begins when nginx has accepted the configuration. The master does both, one
//! configuration after the other. Workers only read and count.

use core::cell::{Cell, RefCell};
use core::sync::atomic::{AtomicU64, Ordering};
use std::rc::Rc;

use nginx_sys::NGX_LOG_EMERG;
use ngx::ngx_log_error;

use crate::counters::label::Label;
use crate::counters::slot::Slot;
use crate::nginx::callback::Callback;
use crate::nginx::conf::Logged;
use crate::nginx::shared_zone::links::Link;
use crate::nginx::shared_zone::{Shared, Zone, ZoneUse};
use crate::nginx::source_line::SourceLine;
use crate::nginx::tag::Tag;

/// A label may lose its slot when so many configurations in a row have been without it.
const GENERATIONS_KEPT: u64 = 2;

/// The beginning of the zone.
#[repr(C, align(64))]
pub(crate) struct Root {
    /// The number of configurations that have asked for slots.
    attempts: AtomicU64,
    /// The number of configurations that nginx has accepted.
    generation: AtomicU64,
    slots: Link<Slot>,
}

// SAFETY: all members are atomics, for which zeros are valid. `slots` is a link.
unsafe impl Shared for Root {}

/// The labels of one configuration, and their zone.
#[derive(Default)]
pub(crate) struct Labels {
    /// Sorted by text.
    labels: RefCell<Vec<Rc<Label>>>,
    root: Cell<Option<&'static Root>>,
}

/// What nginx keeps for the zone.
pub(crate) struct LabelZone {
    pub(crate) name: Box<[u8]>,
    pub(crate) labels: Rc<Labels>,
}

// SAFETY: only this function uses the static.
unsafe impl ZoneUse for LabelZone {
    type Root = Root;

    const CALLBACK: Callback = Callback::MetricsZone;

    fn tag() -> &'static Tag {
        static TAG: Tag = Tag::new();
        &TAG
    }

    fn set_up(&self, zone: Zone, root: &'static Root) -> Result<(), Logged> {
        self.labels.root.set(Some(root));
        let lock = zone.lock();
        self.labels.reserve(root, || lock.allocate()).map_err(|full| {
            ngx_log_error!(NGX_LOG_EMERG, zone.log(), "{}", full.message(&self.name));
            Logged
        })
    }
}

/// The zone has no slot for a label.
struct Full {
    label: Rc<Label>,
    /// The number of labels that have a slot.
    held: usize,
    /// How many of them are not in this configuration.
    unused: usize,
}

impl Full {
    fn message(&self, zone_name: &[u8]) -> String {
        let Self { label, held, unused } = self;
        let (text, zone) = (label.text().escape_ascii(), zone_name.escape_ascii());
        let place = label.place();
        let other_way = if *unused == 0 { "" } else { ", or reload twice without the new labels first" };
        format!(
            "no room for the label \"{text}\" of \"pta_metrics_label\" in zone \"{zone}\", which holds {held} \
             labels, {unused} of them unused: make the zone larger{other_way} in {place}"
        )
    }
}

impl Labels {
    /// The label with this text. Makes it if this is the first one.
    pub(crate) fn find_or_add(&self, text: &[u8], place: SourceLine) -> Rc<Label> {
        let mut labels = self.labels.borrow_mut();
        let at = labels.partition_point(|label| label.text() < text);
        if let Some(label) = labels.get(at).filter(|label| label.text() == text) {
            return Rc::clone(label);
        }
        let label = Rc::new(Label::new(text, place));
        labels.insert(at, Rc::clone(&label));
        label
    }

    /// Calls `visit` for each label, in the order of their texts.
    pub(crate) fn for_each<E>(&self, mut visit: impl FnMut(&Label) -> Result<(), E>) -> Result<(), E> {
        self.labels.borrow().iter().try_for_each(|label| visit(label))
    }

    /// The label that is written first in the configuration.
    pub(crate) fn first_place(&self) -> Option<SourceLine> {
        self.labels.borrow().iter().map(|label| label.place()).min()
    }

    /// Finds a slot for each label. The configuration that is in use keeps its slots.
    fn reserve(
        &self,
        root: &'static Root,
        mut allocate: impl FnMut() -> Option<&'static Slot>,
    ) -> Result<(), Full> {
        let attempt = root.attempts.load(Ordering::Relaxed).wrapping_add(1);
        root.attempts.store(attempt, Ordering::Relaxed);
        let labels = self.labels.borrow();
        // Marks all slots that stay before it takes others.
        for label in labels.iter() {
            if let Some(slot) = root.slots().find(|slot| slot.has_label(label.text())) {
                slot.attempt.store(attempt, Ordering::Relaxed);
                label.set_slot(slot);
            }
        }
        for label in labels.iter().filter(|label| !label.has_slot()) {
            let Some(slot) = root.take(&mut allocate, attempt) else {
                let held = root.slots().filter(|slot| !slot.is_free());
                let is_unused = |slot: &&Slot| slot.attempt.load(Ordering::Relaxed) != attempt;
                let unused = held.clone().filter(is_unused).count();
                let full = Full { label: Rc::clone(label), held: held.count(), unused };
                root.give_back(attempt);
                return Err(full);
            };
            slot.give_to(label.text());
            slot.attempt.store(attempt, Ordering::Relaxed);
            label.set_slot(slot);
        }
        Ok(())
    }

    /// nginx has accepted the configuration.
    pub(crate) fn begin_generation(&self) {
        let Some(root) = self.root.get() else { return };
        let generation = root.generation.load(Ordering::Relaxed).wrapping_add(1);
        root.generation.store(generation, Ordering::Relaxed);
        for label in self.labels.borrow().iter() {
            let slot = label.slot();
            slot.generation.store(generation, Ordering::Relaxed);
            slot.set_keys(label.fingerprints());
        }
    }
}

impl Root {
    fn slots(&self) -> impl Iterator<Item = &'static Slot> + Clone {
        core::iter::successors(self.slots.get(), |slot| slot.next.get())
    }

    /// A slot for a new label. Old labels lose theirs only if there is no other.
    fn take(
        &self,
        allocate: &mut impl FnMut() -> Option<&'static Slot>,
        attempt: u64,
    ) -> Option<&'static Slot> {
        if let Some(free) = self.slots().find(|slot| slot.is_free()) {
            return Some(free);
        }
        if let Some(new) = allocate() {
            new.next.set(self.slots.get());
            self.slots.set(Some(new));
            return Some(new);
        }
        let generation = self.generation.load(Ordering::Relaxed);
        self.slots().find(|slot| {
            let last_used = slot.generation.load(Ordering::Relaxed);
            let is_forgotten = last_used == 0 || generation.saturating_sub(last_used) >= GENERATIONS_KEPT;
            is_forgotten && slot.attempt.load(Ordering::Relaxed) != attempt
        })
    }

    /// Frees the slots that only this attempt has used.
    fn give_back(&self, attempt: u64) {
        for slot in self.slots() {
            let is_new = slot.generation.load(Ordering::Relaxed) == 0;
            if is_new && slot.attempt.load(Ordering::Relaxed) == attempt {
                slot.give_to(b"");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use core::ptr;
    use std::collections::BTreeSet;

    use pta_token::{KeyPair, KeyRing, PairId};

    use super::*;

    /// A zone with room for so many slots.
    struct Memory {
        root: &'static Root,
        room: usize,
    }

    impl Memory {
        fn new(room: usize) -> Self {
            // SAFETY: zeros are valid, as in a new zone.
            Self { root: Box::leak(Box::new(unsafe { core::mem::zeroed() })), room }
        }

        /// The labels of a configuration, with slots. The zone has `room` slots in all.
        fn prepare(&mut self, texts: &[&str]) -> Result<Labels, String> {
            let labels = Labels::default();
            for text in texts {
                labels.find_or_add(text.as_bytes(), SourceLine::default());
            }
            labels.root.set(Some(self.root));
            let room = &mut self.room;
            let done = labels.reserve(self.root, || {
                *room = room.checked_sub(1)?;
                // SAFETY: as above.
                Some(Box::leak(Box::new(unsafe { core::mem::zeroed() })))
            });
            done.map(|()| labels).map_err(|full| full.message(b"m"))
        }

        fn reload(&mut self, texts: &[&str]) -> Labels {
            let labels = self.prepare(texts).unwrap();
            labels.begin_generation();
            labels
        }
    }

    fn slot(labels: &Labels, text: &str) -> &'static Slot {
        labels.find_or_add(text.as_bytes(), SourceLine::default()).slot()
    }

    #[test]
    fn a_label_keeps_its_numbers_at_a_reload() {
        let mut memory = Memory::new(3);
        slot(&memory.reload(&["a", "b"]), "a").count_issued();
        let labels = memory.reload(&["c", "a"]);
        assert_eq!(slot(&labels, "a").issued(), 1);
        assert_eq!(slot(&labels, "c").issued(), 0);
    }

    #[test]
    fn a_label_that_returns_has_its_numbers_while_there_is_room() {
        let mut memory = Memory::new(2);
        slot(&memory.reload(&["a"]), "a").count_issued();
        for _ in 0..5 {
            memory.reload(&["b"]);
        }
        assert_eq!(slot(&memory.reload(&["a"]), "a").issued(), 1);
    }

    #[test]
    fn times_follow_their_keys() {
        let pair =
            |digit: &str| KeyPair::from_hex(digit.repeat(32).as_bytes(), "0".repeat(32).as_bytes()).ok();
        let ring = |first, second| KeyRing::new(pair(first), pair(second)).unwrap();
        let mut memory = Memory::new(1);
        let mut reload = |rings: &[KeyRing]| {
            let labels = memory.prepare(&["a"]).unwrap();
            let label = labels.find_or_add(b"a", SourceLine::default());
            for ring in rings {
                label.note_keys(ring);
            }
            labels.begin_generation();
            label.slot()
        };
        let times = |slot: &Slot| PairId::ALL.map(|pair| slot.key_last_used(pair));
        let slot = reload(&[ring("1", "2")]);
        slot.note_key(PairId::First, 100);
        slot.note_key(PairId::Second, 50);
        assert_eq!(times(reload(&[ring("1", "2")])), [100, 50]);
        // The pairs are exchanged, and then the old one is replaced.
        assert_eq!(times(reload(&[ring("2", "1")])), [50, 100]);
        assert_eq!(times(reload(&[ring("2", "3")])), [50, 0]);
        assert_eq!(times(reload(&[ring("4", "5")])), [0, 0]);
        // Several locations, in any order.
        let slot = reload(&[ring("1", "2"), ring("3", "4"), ring("1", "2")]);
        slot.note_key(PairId::First, 100);
        assert_eq!(times(reload(&[ring("3", "4"), ring("1", "2")])), [100, 0]);
        assert_eq!(times(reload(&[ring("4", "3"), ring("2", "1")])), [0, 100]);
    }

    #[test]
    fn a_slot_is_reused_after_two_reloads_without_its_label() {
        let mut memory = Memory::new(1);
        slot(&memory.reload(&["a"]), "a").count_issued();
        assert!(memory.prepare(&["b"]).is_err());
        memory.reload(&[]);
        assert!(memory.prepare(&["b"]).is_err());
        memory.reload(&[]);
        assert_eq!(slot(&memory.reload(&["b"]), "b").issued(), 0);
    }

    #[test]
    fn refused_configurations_take_no_slot_from_the_one_in_use() {
        let mut memory = Memory::new(2);
        let used = memory.reload(&["a"]);
        slot(&used, "a").count_issued();
        for _ in 0..5 {
            // nginx refuses it after this.
            memory.prepare(&["b"]).map(|_| ()).unwrap();
            memory.prepare(&["b", "c"]).map(|_| ()).unwrap_err();
        }
        assert_eq!(slot(&used, "a").issued(), 1);
        assert_eq!(slot(&memory.reload(&["a", "d"]), "a").issued(), 1);
    }

    #[test]
    fn a_refused_configuration_leaves_its_places_free() {
        let mut memory = Memory::new(2);
        memory.reload(&["p"]);
        slot(&memory.reload(&["q"]), "q").count_issued();
        memory.reload(&["q"]);
        memory.prepare(&["q", "b", "c"]).map(|_| ()).unwrap_err();
        memory.reload(&[]);
        memory.reload(&[]);
        // It takes the place of the label that was refused, not that of "q".
        memory.reload(&["x"]);
        assert_eq!(slot(&memory.reload(&["q"]), "q").issued(), 1);
    }

    /// What holds after any sequence of configurations, of which nginx refuses some.
    #[test]
    fn random_reloads() {
        const TEXTS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
        const ROOM: usize = 4;
        let mut state = 1_u64;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for _ in 0..300 {
            let mut memory = Memory::new(ROOM);
            // The configuration that runs, and what each of its labels has counted since it came in.
            let mut running: Vec<(&str, &'static Slot, u64)> = Vec::new();
            // The labels of the configurations before it.
            let mut before: Vec<Vec<&str>> = Vec::new();
            for _ in 0..40 {
                let chosen = random(64);
                let texts: Vec<&str> = TEXTS
                    .into_iter()
                    .enumerate()
                    .filter(|(at, _)| chosen >> at & 1 == 1)
                    .map(|(_, text)| text)
                    .collect();
                let prepared = memory.prepare(&texts);
                let known: BTreeSet<&str> = before.iter().flatten().chain(&texts).copied().collect();
                assert!(prepared.is_ok() || texts.len() > ROOM || known.len() > ROOM, "{texts:?} {before:?}");
                for (text, slot, counted) in &running {
                    assert!(slot.has_label(text.as_bytes()));
                    assert_eq!(slot.issued(), *counted);
                }
                // nginx may refuse it for another reason.
                let Some(labels) = prepared.ok().filter(|_| random(3) > 0) else { continue };
                labels.begin_generation();
                let next = texts.iter().map(|text| {
                    let slot = slot(&labels, text);
                    let known = running.iter().find(|(known, ..)| known == text);
                    assert!(known.is_none_or(|(_, known, _)| ptr::eq(*known, slot)));
                    slot.count_issued();
                    (*text, slot, slot.issued())
                });
                running = next.collect();
                let slots: BTreeSet<*const Slot> =
                    running.iter().map(|(_, slot, _)| ptr::from_ref(*slot)).collect();
                assert_eq!(slots.len(), texts.len());
                before.insert(0, texts);
                before.truncate(2);
            }
        }
    }

    #[test]
    fn the_error_names_the_zone_and_what_it_holds() {
        let mut memory = Memory::new(2);
        memory.reload(&["a", "b"]);
        let error = memory.prepare(&["a", "c"]).map(|_| ()).unwrap_err();
        assert_eq!(
            error,
            "no room for the label \"c\" of \"pta_metrics_label\" in zone \"m\", which holds 2 labels, 1 of them \
             unused: make the zone larger, or reload twice without the new labels first in command line"
        );
        let error = Memory::new(0).prepare(&["a"]).map(|_| ()).unwrap_err();
        assert!(error.contains("holds 0 labels, 0 of them unused: make the zone larger in"), "{error}");
    }
}
