use core::cell::{Cell, RefCell};
use core::sync::atomic::AtomicU64;
use std::collections::BTreeMap;

use super::*;
use crate::slots::{HEADER_WORDS, SLOT_WORDS};

/// Memory in which a process stores up to some point, where it is killed.
struct Memory {
    words: RefCell<Vec<u64>>,
    stores_left: Cell<usize>,
    stores: Cell<usize>,
}

impl Memory {
    fn new(slots: usize) -> Self {
        let words = RefCell::new(vec![0; HEADER_WORDS + slots * SLOT_WORDS]);
        Self { words, stores_left: Cell::new(usize::MAX), stores: Cell::new(0) }
    }

    /// A copy as the memory is now, in which the next process stores this number of words.
    fn copy(&self, stores: usize) -> Self {
        let words = self.words.clone();
        Self { words, stores_left: Cell::new(stores), stores: Cell::new(0) }
    }
}

impl Words for Memory {
    fn count(&self) -> usize {
        self.words.borrow().len()
    }

    fn get(&self, at: usize) -> u64 {
        self.words.borrow().get(at).copied().unwrap_or(0)
    }

    fn set(&self, at: usize, value: u64) {
        self.stores.set(self.stores.get() + 1);
        if let Some(left) = self.stores_left.get().checked_sub(1) {
            self.stores_left.set(left);
            if let Some(word) = self.words.borrow_mut().get_mut(at) {
                *word = value;
            }
        }
    }
}

/// A process that stores all it wants takes the table over, as a worker does.
fn take_over(memory: &Memory) -> Table<&Memory> {
    memory.stores_left.set(usize::MAX);
    let table = Table::new(memory);
    if table.is_unfinished() {
        table.rebuild();
    }
    check(&table);
    table
}

fn fresh(memory: &Memory) -> Table<&Memory> {
    let table = Table::new(memory);
    table.rebuild();
    table
}

fn identity(number: u32) -> Identity {
    u128::from(number).wrapping_mul(0x0123_4567_89ab_cdef_0011_2233_4455_6677).to_le_bytes()
}

/// Index, heap and free list belong together.
fn check(table: &Table<&Memory>) {
    let slots = &table.0;
    assert!(!table.is_unfinished());
    let live: Vec<_> = (0..table.capacity()).filter(|slot| slots.is_live(*slot)).collect();
    assert_eq!(live.len(), table.used() as usize);
    let mut in_heap: Vec<_> = (0..table.used()).map(|at| slots.heap(at)).collect();
    for at in 0..table.used() {
        assert_eq!(slots.heap_position(slots.heap(at)), at);
        let expiry = |at| slots.get(slots.heap(at), Member::Expiry);
        assert!(at == 0 || expiry((at - 1) / 2) <= expiry(at));
    }
    in_heap.sort_unstable();
    assert_eq!(in_heap, live);
    for slot in live {
        assert_eq!(slots.find(slots.identity(slot)), Some(slot));
    }
    let free = core::iter::successors(slots.first_free(), |slot| slots.next(*slot));
    let free: Vec<_> = free.take(table.capacity() as usize + 1).collect();
    assert_eq!(free.len() + table.used() as usize, table.capacity() as usize);
    assert!(free.iter().all(|slot| !slots.is_live(*slot)));
}

#[test]
fn memory_of_zeros_is_an_empty_table() {
    let memory = Memory::new(3);
    let table = fresh(&memory);
    check(&table);
    assert_eq!((table.capacity(), table.used()), (3, 0));
    assert!(!table.is_claimed(&identity(0)));
}

#[test]
fn memory_that_is_too_small_is_always_full() {
    for words in 0..HEADER_WORDS + SLOT_WORDS {
        let memory = Memory::new(0);
        memory.words.borrow_mut().resize(words, 0);
        let table = fresh(&memory);
        assert_eq!(table.capacity(), 0);
        assert_eq!(table.claim(&identity(1), 5, 0), Claim::Full);
        assert!(!table.release(&identity(1), 1));
    }
}

#[test]
fn atomic_numbers_are_memory() {
    let words: Vec<_> = (0..HEADER_WORDS + SLOT_WORDS).map(|_| AtomicU64::new(0)).collect();
    let table = Table::new(words.as_slice());
    table.rebuild();
    assert_eq!(table.capacity(), 1);
    assert_eq!(table.claim(&identity(1), 50, 0), Claim::Made(1));
    assert_eq!(table.claim(&identity(1), 50, 0), Claim::Replayed);
    assert_eq!(table.claim(&identity(2), 50, 0), Claim::Full);
}

#[test]
fn a_token_is_claimed_once() {
    let memory = Memory::new(2);
    let table = fresh(&memory);
    assert_eq!(table.claim(&identity(1), 50, 0), Claim::Made(1));
    assert_eq!(table.claim(&identity(1), 50, 0), Claim::Replayed);
    assert!(table.is_claimed(&identity(1)));
    assert!(!table.is_claimed(&identity(2)));
    assert_eq!(table.claim(&identity(2), 50, 0), Claim::Made(2));
    assert_eq!(table.used(), 2);
    check(&table);
}

#[test]
fn identities_that_differ_in_one_bit_are_different() {
    for base in [0, u128::MAX] {
        let memory = Memory::new(200);
        let table = fresh(&memory);
        for bit in 0..128 {
            let identity = (base ^ 1_u128 << bit).to_le_bytes();
            assert_eq!(table.claim(&identity, 50, 0), Claim::Made(bit + 1), "{bit}");
        }
        check(&table);
    }
}

/// Whatever part of them differs, identities are spread over the buckets.
#[test]
fn no_bucket_is_long() {
    const NUMBER: u64 = 1000;
    let families: [fn(u64) -> [u64; 2]; 5] = [
        |number| [number, 0],
        |number| [number, u64::MAX],
        |number| [0, number],
        |number| [u64::MAX, number],
        |number| [number, number],
    ];
    for family in families {
        let memory = Memory::new(1000);
        let table = fresh(&memory);
        for number in 0..NUMBER {
            let [start, end] = family(number).map(u64::to_le_bytes);
            let identity = [start, end].concat().try_into().unwrap();
            table.claim(&identity, 50, 0);
        }
        let slots = &table.0;
        let len = |bucket| core::iter::successors(slots.bucket(bucket), |slot| slots.next(*slot)).count();
        assert!((0..table.capacity()).all(|bucket| len(bucket) < 10));
    }
}

#[test]
fn a_full_table_evicts_nothing_that_is_live() {
    let memory = Memory::new(2);
    let table = fresh(&memory);
    table.claim(&identity(1), 50, 0);
    table.claim(&identity(2), 40, 0);
    assert_eq!(table.claim(&identity(3), 60, 40), Claim::Full);
    assert!(table.is_claimed(&identity(1)) && table.is_claimed(&identity(2)));
    // The second one has expired.
    assert_eq!(table.claim(&identity(3), 60, 41), Claim::Made(3));
    assert!(table.is_claimed(&identity(1)) && !table.is_claimed(&identity(2)));
    check(&table);
}

#[test]
fn claims_are_cleared_in_the_order_of_their_expiry() {
    let memory = Memory::new(8);
    let table = fresh(&memory);
    for (number, expires) in [(1, 30), (2, i64::MIN), (3, i64::MAX), (4, -5), (5, 10), (6, 0)] {
        table.claim(&identity(number), expires, i64::MIN);
    }
    // The earliest second is no free slot.
    check(&table);
    table.clear(11, 2);
    let claimed = |table: &Table<&Memory>| -> Vec<u32> {
        (1..=6).filter(|number| table.is_claimed(&identity(*number))).collect()
    };
    assert_eq!(claimed(&table), [1, 3, 5, 6]);
    table.clear(11, 100);
    assert_eq!(claimed(&table), [1, 3]);
    table.clear(i64::MAX, 100);
    assert_eq!(claimed(&table), [3]);
    check(&table);
}

#[test]
fn a_claim_clears_away_a_few_expired_ones() {
    let memory = Memory::new(12);
    let table = fresh(&memory);
    for number in 1..=9 {
        table.claim(&identity(number), 10, 0);
    }
    // Fewer come in than go out, and no claim takes long.
    for (number, used) in [(10, 6), (11, 3), (12, 3), (13, 4)] {
        table.claim(&identity(number), 60, 20);
        assert_eq!(table.used(), used);
    }
    check(&table);
}

#[test]
fn only_its_owner_takes_a_claim_back() {
    let memory = Memory::new(2);
    let table = fresh(&memory);
    let Claim::Made(owner) = table.claim(&identity(1), 50, 0) else { panic!() };
    assert!(!table.release(&identity(1), owner + 1));
    assert!(!table.release(&identity(2), owner));
    assert!(table.release(&identity(1), owner));
    assert!(!table.release(&identity(1), owner));
    assert!(!table.is_claimed(&identity(1)));
    // The next one in the same slot has another owner.
    assert_eq!(table.claim(&identity(1), 50, 0), Claim::Made(owner + 1));
    assert!(!table.release(&identity(1), owner));
    check(&table);
}

#[test]
fn an_owner_is_never_given_twice_not_even_after_a_rebuild() {
    let memory = Memory::new(4);
    let table = fresh(&memory);
    table.claim(&identity(1), 50, 0);
    table.claim(&identity(2), 50, 0);
    table.0.set_header(Header::LastOwner, 0);
    table.rebuild();
    assert_eq!(table.claim(&identity(3), 50, 0), Claim::Made(3));
    table.release(&identity(3), 3);
    table.rebuild();
    assert_eq!(table.claim(&identity(3), 50, 0), Claim::Made(4));
}

/// What one process does.
type Step = (&'static str, fn(&Table<&Memory>));

/// Kills a process behind each of its stores. The claims before `step` that `step` does not end are
/// there afterwards, and the table works.
#[test]
fn a_process_may_be_killed_at_any_store() {
    const STEPS: [Step; 5] = [
        ("insert", |table| _ = table.claim(&identity(9), 45, 0)),
        ("insert and reclaim", |table| _ = table.claim(&identity(9), 45, 20)),
        ("reclaim", |table| table.clear(20, 9)),
        ("release", |table| _ = table.release(&identity(3), 3)),
        ("rebuild", |table| table.rebuild()),
    ];
    // All in one bucket if there is one only, and in many.
    for capacity in [1, 2, 7, 8, 31] {
        let memory = Memory::new(capacity);
        let table = fresh(&memory);
        let numbers = 1..=u32::try_from(capacity.min(7)).unwrap();
        for number in numbers.clone() {
            table.claim(&identity(number), i64::from(number) * 10, 0);
        }
        for (name, step) in STEPS {
            let whole = memory.copy(usize::MAX);
            step(&Table::new(&whole));
            for kill in 0..=whole.stores.get() {
                let memory = memory.copy(kill);
                step(&Table::new(&memory));
                let table = take_over(&memory);
                let may_end = |number: u32| match name {
                    "insert and reclaim" | "reclaim" => number == 1,
                    "release" => number == 3,
                    _ => false,
                };
                for number in numbers.clone().filter(|number| !may_end(*number)) {
                    assert_eq!(table.claim(&identity(number), 99, 0), Claim::Replayed, "{name} {kill}");
                }
                // It goes on: all slots can be used, and end.
                table.clear(i64::MAX, 99);
                for number in 0..table.capacity() {
                    assert!(
                        matches!(table.claim(&identity(100 + number), 70, 0), Claim::Made(_)),
                        "{name} {kill}"
                    );
                }
                assert_eq!(table.claim(&identity(99), 70, 0), Claim::Full);
                check(&table);
            }
        }
    }
}

/// A killed insert has made the claim or has left no trace.
#[test]
fn a_claim_is_made_by_one_store() {
    let memory = Memory::new(3);
    fresh(&memory).claim(&identity(1), 10, 0);
    let whole = memory.copy(usize::MAX);
    Table::new(&whole).claim(&identity(2), 20, 0);
    let mut made = Vec::new();
    for kill in 0..=whole.stores.get() {
        let memory = memory.copy(kill);
        Table::new(&memory).claim(&identity(2), 20, 0);
        made.push(take_over(&memory).is_claimed(&identity(2)));
    }
    assert!(made.is_sorted() && !made[0] && made[made.len() - 1]);
}

/// A small generator of numbers.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// Random operations, some of them killed, compared with a map.
#[test]
fn the_table_does_what_a_map_does() {
    for seed in 1..=60 {
        let mut random = Random(seed * 0x9e37_79b9);
        let capacity = usize::try_from(1 + random.below(12)).unwrap();
        let memory = Memory::new(capacity);
        let table = fresh(&memory);
        let mut model: BTreeMap<u32, (i64, u64)> = BTreeMap::new();
        for now in 0_i64..400 {
            let number = u32::try_from(random.below(30)).unwrap();
            match random.below(8) {
                0..4 => {
                    let expires = now + i64::try_from(random.below(60)).unwrap();
                    let is_known = model.contains_key(&number);
                    let claim = table.claim(&identity(number), expires, now);
                    match claim {
                        Claim::Replayed => assert!(is_known),
                        Claim::Full => {
                            assert!(!is_known && model.values().all(|(expires, _)| *expires >= now));
                            assert_eq!(model.len(), capacity);
                        }
                        Claim::Made(owner) => {
                            assert!(!is_known);
                            model.insert(number, (expires, owner));
                        }
                    }
                    model.retain(|number, (expires, _)| {
                        *expires >= now || table.is_claimed(&identity(*number))
                    });
                }
                4 => {
                    let owner = model.get(&number).map_or(0, |(_, owner)| *owner);
                    assert_eq!(table.release(&identity(number), owner), model.remove(&number).is_some());
                }
                5 => {
                    table.clear(now, u32::MAX);
                    model.retain(|_, (expires, _)| *expires >= now);
                }
                6 => table.rebuild(),
                _ => {
                    // A killed process claims a token that nobody else knows.
                    let unknown = identity(1000 + number);
                    let stores = usize::try_from(random.below(30)).unwrap();
                    memory.stores_left.set(stores);
                    let claim = table.claim(&unknown, i64::MAX, i64::MIN);
                    take_over(&memory);
                    if let Claim::Made(owner) = claim {
                        table.release(&unknown, owner);
                    }
                }
            }
            check(&table);
            for number in 0..30 {
                assert_eq!(table.is_claimed(&identity(number)), model.contains_key(&number), "{seed} {now}");
            }
        }
    }
}
