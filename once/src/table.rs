//! The table of claims.

use crate::slots::{Header, Identity, Member, Slot, Slots};
use crate::words::Words;

/// How many expired claims a new one clears away. More than one, so that a burst of claims is
/// cleared away by a smaller number of later ones.
const CLEARED_BY_A_CLAIM: u32 = 4;

/// What has become of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is made, and this number owns it.
    Made(u64),
    /// Somebody has claimed this token before.
    Replayed,
    /// All slots have claims that may not be forgotten.
    Full,
}

/// Claims in slots of fixed number. Only one process at a time may call a function.
///
/// A process may be killed between any two stores. A mark is set before each change and cleared after
/// it, so the next process finds out: it must call [`rebuild`](Self::rebuild) if
/// [`is_unfinished`](Self::is_unfinished). One store makes a claim, and one ends it. All the rest is
/// an index, which is made anew from the slots.
///
/// Memory of zeros is an empty table that must be rebuilt first.
pub struct Table<W>(Slots<W>);

impl<W: Words> Table<W> {
    /// The table in this memory.
    pub fn new(words: W) -> Self {
        Self(Slots(words))
    }

    /// How many claims it can hold.
    #[must_use]
    pub fn capacity(&self) -> u32 {
        self.0.capacity()
    }

    /// How many claims it holds, with those that have expired and are not yet cleared away.
    #[must_use]
    pub fn used(&self) -> u32 {
        self.0.used()
    }

    /// Whether a process was killed during a change.
    #[must_use]
    pub fn is_unfinished(&self) -> bool {
        self.0.header(Header::Mark) != 0
    }

    /// Makes the index anew from the slots. No claim is lost.
    pub fn rebuild(&self) {
        self.change(|| {
            let slots = &self.0;
            let mut last_owner = slots.header(Header::LastOwner);
            (0..self.capacity()).for_each(|bucket| slots.set_bucket(bucket, None));
            slots.set_used(0);
            slots.set_first_free(None);
            for slot in (0..self.capacity()).rev() {
                if slots.is_live(slot) {
                    last_owner = last_owner.max(slots.get(slot, Member::Owner));
                    slots.insert(slot);
                    let used = slots.used();
                    slots.set_heap(used, slot);
                    slots.set_used(used.saturating_add(1));
                } else {
                    self.free(slot);
                }
            }
            slots.order();
            slots.set_header(Header::LastOwner, last_owner);
        });
    }

    /// Whether somebody has claimed the token.
    #[must_use]
    pub fn is_claimed(&self, identity: &Identity) -> bool {
        self.0.find(halves(identity)).is_some()
    }

    /// Claims a token that expires in this second. Claims on tokens that expired before the second
    /// `horizon` may be forgotten.
    pub fn claim(&self, identity: &Identity, expires: i64, horizon: i64) -> Claim {
        let identity = halves(identity);
        let slots = &self.0;
        if slots.find(identity).is_some() {
            return Claim::Replayed;
        }
        self.clear(horizon, CLEARED_BY_A_CLAIM);
        let Some(slot) = slots.first_free() else { return Claim::Full };
        let owner = slots.header(Header::LastOwner).wrapping_add(1);
        self.change(|| {
            slots.set_first_free(slots.next(slot));
            slots.set_header(Header::LastOwner, owner);
            let [start, end] = identity;
            slots.set(slot, Member::IdentityStart, start);
            slots.set(slot, Member::IdentityEnd, end);
            slots.set(slot, Member::Owner, owner);
            // Now the claim is made.
            slots.set(slot, Member::Expiry, ordered(expires));
            slots.insert(slot);
            slots.push(slot);
        });
        Claim::Made(owner)
    }

    /// Takes a claim back, if this number still owns it. Returns whether it did.
    pub fn release(&self, identity: &Identity, owner: u64) -> bool {
        let found = self.0.find(halves(identity));
        let Some(slot) = found.filter(|slot| self.0.get(*slot, Member::Owner) == owner) else {
            return false;
        };
        self.change(|| self.end(slot));
        true
    }

    /// Clears away at most this number of claims on tokens that expired before the second `horizon`.
    pub fn clear(&self, horizon: i64, most: u32) {
        let horizon = ordered(horizon);
        for _ in 0..most {
            let earliest = self.0.earliest();
            let Some(slot) = earliest.filter(|slot| self.0.get(*slot, Member::Expiry) < horizon) else {
                return;
            };
            self.change(|| self.end(slot));
        }
    }

    fn end(&self, slot: Slot) {
        // Now the claim has ended.
        self.0.set(slot, Member::Expiry, 0);
        self.0.remove(slot);
        self.0.take_out(slot);
        self.free(slot);
    }

    fn free(&self, slot: Slot) {
        self.0.set_next(slot, self.0.first_free());
        self.0.set_first_free(Some(slot));
    }

    fn change(&self, change: impl FnOnce()) {
        self.0.set_header(Header::Mark, 1);
        change();
        self.0.set_header(Header::Mark, 0);
    }
}

fn halves(identity: &Identity) -> [u64; 2] {
    let number = u128::from_le_bytes(*identity);
    let low = number & u128::from(u64::MAX);
    [u64::try_from(low).unwrap_or(0), u64::try_from(number >> 64).unwrap_or(0)]
}

/// The seconds as a number of the same order that is not 0, which stands for a free slot.
fn ordered(seconds: i64) -> u64 {
    (u64::from_ne_bytes(seconds.to_ne_bytes()) ^ 1 << 63).max(1)
}

#[cfg(test)]
mod tests;
