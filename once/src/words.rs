//! The memory of a table.

use core::sync::atomic::{AtomicU64, Ordering};

/// Memory as a row of numbers. What is behind its end reads as 0 and is not stored.
pub trait Words {
    /// How many there are.
    fn count(&self) -> usize;

    /// Reads one.
    fn get(&self, at: usize) -> u64;

    /// Stores one. Later stores must not become visible before earlier ones.
    fn set(&self, at: usize, value: u64);
}

/// If a process is killed, the others see what it stored up to some point. So a killed process can
/// be compared with one that stops storing.
impl Words for &[AtomicU64] {
    fn count(&self) -> usize {
        self.len()
    }

    fn get(&self, at: usize) -> u64 {
        <[AtomicU64]>::get(self, at).map_or(0, |word| word.load(Ordering::Acquire))
    }

    fn set(&self, at: usize, value: u64) {
        if let Some(word) = <[AtomicU64]>::get(self, at) {
            word.store(value, Ordering::Release);
        }
    }
}

impl<W: Words + ?Sized> Words for &W {
    fn count(&self) -> usize {
        (**self).count()
    }

    fn get(&self, at: usize) -> u64 {
        (**self).get(at)
    }

    fn set(&self, at: usize, value: u64) {
        (**self).set(at, value);
    }
}
