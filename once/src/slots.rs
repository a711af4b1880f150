//! Where the parts of a table are in its memory.
//!
//! The header comes first, then the slots. A slot has the members of one claim, and two numbers of
//! the index at the same position: the first slot of a bucket, and an entry of the heap.

use crate::words::Words;

/// What identifies a token.
pub type Identity = [u8; 16];

/// The words before the slots.
pub const HEADER_WORDS: usize = 8;
/// The words of a slot.
pub const SLOT_WORDS: usize = 6;

/// The number of a slot, beginning with 0.
pub(crate) type Slot = u32;

/// A word of the header.
#[derive(Clone, Copy)]
pub(crate) enum Header {
    /// Not 0 while a change is going on.
    Mark = 0,
    /// The number of the last owner.
    LastOwner = 1,
    /// How many slots are in use.
    Used = 2,
    /// The first free slot.
    FirstFree = 3,
}

/// A word of a slot.
#[derive(Clone, Copy)]
pub(crate) enum Member {
    IdentityStart = 0,
    IdentityEnd = 1,
    /// 0 if the slot is free. So one store makes the claim, and one ends it.
    Expiry = 2,
    Owner = 3,
    /// The next slot of the same bucket, or the next free one; the slot's position in the heap.
    Links = 4,
    /// The first slot of this bucket; the slot at this position of the heap.
    Index = 5,
}

/// The memory of a table, by its parts.
pub(crate) struct Slots<W>(pub(crate) W);

impl<W: Words> Slots<W> {
    pub(crate) fn capacity(&self) -> u32 {
        let slots = self.0.count().saturating_sub(HEADER_WORDS) / SLOT_WORDS;
        // Links need a number for "none".
        u32::try_from(slots).unwrap_or(u32::MAX).min(u32::MAX.wrapping_sub(1))
    }

    pub(crate) fn header(&self, word: Header) -> u64 {
        self.0.get(word as usize)
    }

    pub(crate) fn set_header(&self, word: Header, value: u64) {
        self.0.set(word as usize, value);
    }

    pub(crate) fn get(&self, slot: Slot, member: Member) -> u64 {
        self.0.get(position(slot, member))
    }

    pub(crate) fn set(&self, slot: Slot, member: Member, value: u64) {
        self.0.set(position(slot, member), value);
    }

    pub(crate) fn identity(&self, slot: Slot) -> [u64; 2] {
        [self.get(slot, Member::IdentityStart), self.get(slot, Member::IdentityEnd)]
    }

    pub(crate) fn is_live(&self, slot: Slot) -> bool {
        self.get(slot, Member::Expiry) != 0
    }

    pub(crate) fn first_free(&self) -> Option<Slot> {
        unlink(self.header(Header::FirstFree))
    }

    pub(crate) fn set_first_free(&self, slot: Option<Slot>) {
        self.set_header(Header::FirstFree, link(slot));
    }

    /// The next slot of the bucket, or the next free slot.
    pub(crate) fn next(&self, slot: Slot) -> Option<Slot> {
        unlink(upper(self.get(slot, Member::Links)))
    }

    pub(crate) fn set_next(&self, slot: Slot, next: Option<Slot>) {
        let links = self.get(slot, Member::Links);
        self.set(slot, Member::Links, pair(link(next), lower(links)));
    }

    /// The slot's position in the heap.
    pub(crate) fn heap_position(&self, slot: Slot) -> u32 {
        narrow(lower(self.get(slot, Member::Links)))
    }

    pub(crate) fn bucket(&self, bucket: u32) -> Option<Slot> {
        unlink(upper(self.get(bucket, Member::Index)))
    }

    pub(crate) fn set_bucket(&self, bucket: u32, slot: Option<Slot>) {
        let index = self.get(bucket, Member::Index);
        self.set(bucket, Member::Index, pair(link(slot), lower(index)));
    }

    /// The slot at this position of the heap.
    pub(crate) fn heap(&self, at: u32) -> Slot {
        narrow(lower(self.get(at, Member::Index)))
    }

    pub(crate) fn set_heap(&self, at: u32, slot: Slot) {
        let index = self.get(at, Member::Index);
        self.set(at, Member::Index, pair(upper(index), u64::from(slot)));
        let links = self.get(slot, Member::Links);
        self.set(slot, Member::Links, pair(upper(links), u64::from(at)));
    }
}

fn position(slot: Slot, member: Member) -> usize {
    usize::try_from(slot)
        .unwrap_or(usize::MAX)
        .saturating_mul(SLOT_WORDS)
        .saturating_add(HEADER_WORDS)
        .saturating_add(member as usize)
}

fn link(slot: Option<Slot>) -> u64 {
    slot.map_or(0, |slot| u64::from(slot).wrapping_add(1))
}

fn unlink(link: u64) -> Option<Slot> {
    link.checked_sub(1).map(narrow)
}

fn upper(word: u64) -> u64 {
    word >> 32
}

fn lower(word: u64) -> u64 {
    word & u64::from(u32::MAX)
}

fn pair(upper: u64, lower: u64) -> u64 {
    upper << 32 | lower
}

fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
