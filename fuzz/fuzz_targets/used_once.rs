//! The table of used tokens holds what a map would hold, also if processes are killed inside.
//!
//! Input: the number of slots, then operations of four bytes each: what to do, a token, a time, and
//! after how many stores the process is killed.
#![no_main]

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use pta_once::{Claim, HEADER_WORDS, Identity, SLOT_WORDS, Table, Words};

/// At most so many expired claims are cleared away by a claim.
const CLEARED_BY_A_CLAIM: usize = 4;

struct Memory {
    words: RefCell<Vec<u64>>,
    stores_left: Cell<usize>,
}

impl Words for Memory {
    fn count(&self) -> usize {
        self.words.borrow().len()
    }

    fn get(&self, at: usize) -> u64 {
        self.words.borrow().get(at).copied().unwrap_or(0)
    }

    fn set(&self, at: usize, value: u64) {
        if let Some(left) = self.stores_left.get().checked_sub(1) {
            self.stores_left.set(left);
            if let Some(word) = self.words.borrow_mut().get_mut(at) {
                *word = value;
            }
        }
    }
}

/// Some of them have equal halves.
fn identity(number: u8) -> Identity {
    let mut identity = [number >> 4; 16];
    identity[8..].fill(number & 15);
    identity
}

fn seconds(byte: u8) -> i64 {
    match byte {
        0 => i64::MIN + 1,
        u8::MAX => i64::MAX,
        _ => i64::from(byte) - 128,
    }
}

/// The table, and what must be in it: when a token expires, and who owns the claim.
struct Compared<'a> {
    memory: &'a Memory,
    table: Table<&'a Memory>,
    model: BTreeMap<u8, (i64, u64)>,
    last_owner: u64,
}

impl Compared<'_> {
    fn claim(&mut self, number: u8, expires: i64, horizon: i64) {
        let claim = self.table.claim(&identity(number), expires, horizon);
        if claim == Claim::Replayed {
            assert!(self.model.contains_key(&number));
            return;
        }
        assert!(!self.model.contains_key(&number));
        let past = self.model.values().filter(|(expires, _)| *expires < horizon).count();
        let cleared = self.forget_cleared(horizon);
        assert_eq!(cleared, past.min(CLEARED_BY_A_CLAIM));
        match claim {
            Claim::Made(owner) => {
                assert!(owner > self.last_owner);
                self.last_owner = owner;
                self.model.insert(number, (expires, owner));
            }
            _ => assert_eq!(self.model.len(), usize::try_from(self.table.capacity()).unwrap()),
        }
    }

    /// Takes what is no longer claimed from the model: only what expired before the horizon, and the
    /// earliest first.
    fn forget_cleared(&mut self, horizon: i64) -> usize {
        let mut cleared = Vec::new();
        self.model.retain(|number, (expires, _)| {
            let stays = self.table.is_claimed(&identity(*number));
            if !stays {
                cleared.push(*expires);
            }
            stays
        });
        let last = cleared.iter().max().copied().unwrap_or(i64::MIN);
        assert!(cleared.is_empty() || last < horizon);
        assert!(self.model.values().all(|(expires, _)| last <= *expires));
        cleared.len()
    }

    fn release(&mut self, number: u8, is_owner: bool) {
        let owner = self.model.get(&number).map_or(0, |(_, owner)| *owner);
        let owner = if is_owner { owner } else { owner.wrapping_add(1) };
        let is_released = is_owner && self.model.remove(&number).is_some();
        assert_eq!(self.table.release(&identity(number), owner), is_released);
    }

    fn clear(&mut self, horizon: i64) {
        self.table.clear(horizon, u32::MAX);
        self.model.retain(|_, (expires, _)| *expires >= horizon);
    }

    /// Does it in a process that is killed after some stores. The next one rebuilds the table.
    fn killed(&self, stores: u8, change: impl FnOnce()) {
        self.memory.stores_left.set(usize::from(stores));
        change();
        self.memory.stores_left.set(usize::MAX);
        if self.table.is_unfinished() {
            self.table.rebuild();
        }
    }

    /// The claim is made or not, all others stay.
    fn killed_claim(&mut self, number: u8, expires: i64, stores: u8) {
        let mut claim = Claim::Replayed;
        self.killed(stores, || claim = self.table.claim(&identity(number), expires, expires));
        self.forget_cleared(expires);
        if let Claim::Made(owner) = claim {
            if self.table.is_claimed(&identity(number)) {
                // A claim that was not made has no owner, so the next one may get its number.
                self.last_owner = owner;
                self.model.insert(number, (expires, owner));
            }
        }
    }

    /// The claim has ended or not, all others stay.
    fn killed_release(&mut self, number: u8, stores: u8) {
        let Some(&(_, owner)) = self.model.get(&number) else { return };
        self.killed(stores, || {
            self.table.release(&identity(number), owner);
        });
        if !self.table.is_claimed(&identity(number)) {
            self.model.remove(&number);
        }
    }

    fn killed_clear(&mut self, horizon: i64, stores: u8) {
        // A process that is killed ends, while this one goes on without storing.
        self.killed(stores, || self.table.clear(horizon, 8));
        self.forget_cleared(horizon);
    }

    fn assert_equal(&self) {
        assert!(!self.table.is_unfinished());
        assert_eq!(usize::try_from(self.table.used()).unwrap(), self.model.len());
        for number in 0..=u8::MAX {
            let is_claimed = self.table.is_claimed(&identity(number));
            assert_eq!(is_claimed, self.model.contains_key(&number));
        }
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((&slots, operations)) = data.split_first() else { return };
    let slots = usize::from(slots % 64);
    let memory = Memory {
        words: RefCell::new(vec![0; HEADER_WORDS + slots * SLOT_WORDS]),
        stores_left: Cell::new(usize::MAX),
    };
    let table = Table::new(&memory);
    table.rebuild();
    let mut compared = Compared { memory: &memory, table, model: BTreeMap::new(), last_owner: 0 };
    for operation in operations.chunks_exact(4) {
        let &[what, number, time, stores] = operation else { return };
        let time = seconds(time);
        match what % 8 {
            0 => compared.claim(number, time, i64::MIN),
            1 => compared.claim(number, time, seconds(stores)),
            2 => compared.release(number, stores % 2 == 0),
            3 => compared.clear(time),
            4 => compared.killed_claim(number, time, stores),
            5 => compared.killed_release(number, stores),
            6 => compared.killed_clear(time, stores),
            _ => compared.killed(stores, || compared.table.rebuild()),
        }
        compared.assert_equal();
    }
});
