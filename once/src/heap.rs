//! Finds the claim that expires first: a binary heap of slots.

use crate::slots::{Header, Member, Slot, Slots};
use crate::words::Words;

impl<W: Words> Slots<W> {
    /// The number of slots in use, which are all in the heap.
    pub(crate) fn used(&self) -> u32 {
        u32::try_from(self.header(Header::Used)).unwrap_or(u32::MAX)
    }

    pub(crate) fn set_used(&self, used: u32) {
        self.set_header(Header::Used, u64::from(used));
    }

    /// The slot that expires first.
    pub(crate) fn earliest(&self) -> Option<Slot> {
        (self.used() > 0).then(|| self.heap(0))
    }

    pub(crate) fn push(&self, slot: Slot) {
        let at = self.used();
        self.set_used(at.saturating_add(1));
        self.set_heap(at, slot);
        self.sift_up(at);
    }

    pub(crate) fn take_out(&self, slot: Slot) {
        let at = self.heap_position(slot);
        let Some(last_at) = self.used().checked_sub(1) else { return };
        let last = self.heap(last_at);
        self.set_used(last_at);
        if at < last_at {
            self.set_heap(at, last);
            self.sift_up(at);
            self.sift_down(self.heap_position(last));
        }
    }

    /// Makes a heap of the entries in any order.
    pub(crate) fn order(&self) {
        (0..self.used() / 2).rev().for_each(|at| self.sift_down(at));
    }

    fn expiry(&self, at: u32) -> u64 {
        self.get(self.heap(at), Member::Expiry)
    }

    fn sift_up(&self, mut at: u32) {
        while let Some(above) = at.checked_sub(1).map(|at| at / 2) {
            if self.expiry(above) <= self.expiry(at) {
                return;
            }
            self.swap(above, at);
            at = above;
        }
    }

    fn sift_down(&self, mut at: u32) {
        loop {
            let left = at.saturating_mul(2).saturating_add(1);
            let below = [left, left.saturating_add(1)].into_iter().filter(|below| *below < self.used());
            let Some(below) = below.min_by_key(|below| self.expiry(*below)) else { return };
            if self.expiry(at) <= self.expiry(below) {
                return;
            }
            self.swap(at, below);
            at = below;
        }
    }

    fn swap(&self, one: u32, other: u32) {
        let (first, second) = (self.heap(one), self.heap(other));
        self.set_heap(one, second);
        self.set_heap(other, first);
    }
}
