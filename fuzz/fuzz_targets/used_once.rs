//! The table of used tokens holds what a map would hold, also if processes are killed inside.
//!
//! Input: the number of slots, then operations of four bytes each: what to do, a token, a time, and
//! after how many stores the process is killed.
#![no_main]

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use pta_once::{Claim, HEADER_WORDS, Identity, SLOT_WORDS, Table, Words};

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

fn identity(number: u8) -> Identity {
    [number; 16]
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
    let mut model: BTreeMap<u8, (i64, u64)> = BTreeMap::new();
    for operation in operations.chunks_exact(4) {
        let &[what, number, time, stores] = operation else { return };
        let time = i64::from(time);
        match what % 4 {
            0 => match table.claim(&identity(number), time, 0) {
                Claim::Made(owner) => assert_eq!(model.insert(number, (time, owner)), None),
                Claim::Replayed => assert!(model.contains_key(&number)),
                Claim::Full => assert!(model.len() == slots && !model.contains_key(&number)),
            },
            1 => {
                let owner = model.remove(&number).map(|(_, owner)| owner);
                assert_eq!(table.release(&identity(number), owner.unwrap_or(0)), owner.is_some());
            }
            2 => {
                table.clear(time, u32::MAX);
                model.retain(|_, (expires, _)| *expires >= time);
            }
            _ => {
                // A killed process: its claim is made or not, all others stay.
                memory.stores_left.set(usize::from(stores));
                let is_new = !model.contains_key(&number);
                let claim = table.claim(&identity(number), time, 0);
                memory.stores_left.set(usize::MAX);
                if table.is_unfinished() {
                    table.rebuild();
                }
                if let Claim::Made(owner) = claim {
                    if is_new && table.is_claimed(&identity(number)) {
                        model.insert(number, (time, owner));
                    }
                }
            }
        }
        assert!(!table.is_unfinished());
        assert_eq!(usize::try_from(table.used()).unwrap(), model.len());
        for number in 0..=u8::MAX {
            assert_eq!(table.is_claimed(&identity(number)), model.contains_key(&number));
        }
    }
});
