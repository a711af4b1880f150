//! Finds a claim by its identity: buckets, each a list of slots.

use crate::slots::{Slot, Slots};
use crate::words::Words;

impl<W: Words> Slots<W> {
    pub(crate) fn find(&self, identity: [u64; 2]) -> Option<Slot> {
        self.chain(self.bucket_of(identity)).find(|slot| self.identity(*slot) == identity)
    }

    pub(crate) fn insert(&self, slot: Slot) {
        let bucket = self.bucket_of(self.identity(slot));
        self.set_next(slot, self.bucket(bucket));
        self.set_bucket(bucket, Some(slot));
    }

    pub(crate) fn remove(&self, slot: Slot) {
        let bucket = self.bucket_of(self.identity(slot));
        let after = self.next(slot);
        match self.chain(bucket).find(|before| self.next(*before) == Some(slot)) {
            Some(before) => self.set_next(before, after),
            None => self.set_bucket(bucket, after),
        }
    }

    /// The slots of a bucket.
    fn chain(&self, bucket: u32) -> impl Iterator<Item = Slot> + '_ {
        let most = usize::try_from(self.capacity()).unwrap_or(usize::MAX);
        core::iter::successors(self.bucket(bucket), |slot| self.next(*slot)).take(most)
    }

    /// There are as many buckets as slots. Identities look random, at least in some bits.
    fn bucket_of(&self, [start, end]: [u64; 2]) -> u32 {
        const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
        let hash = (start ^ end.rotate_left(29)).wrapping_mul(MIX) >> 32;
        u32::try_from(hash.wrapping_mul(u64::from(self.capacity())) >> 32).unwrap_or(0)
    }
}
