//! A response that is held until it is complete.

use core::cell::{Cell, OnceCell};

use crate::playlist::refusal::Refusal;

/// A response that is held until it is complete. The pool of the request drops it.
pub(crate) struct Held {
    is_holding: Cell<bool>,
    collected: Cell<Vec<u8>>,
    output: OnceCell<Vec<u8>>,
    /// The longest body.
    max_size: usize,
    /// The length of the body, 0 if it is not known.
    expected: usize,
}

impl Held {
    pub(super) fn new(max_size: usize, expected: Option<usize>) -> Self {
        Self {
            is_holding: Cell::new(true),
            collected: Cell::default(),
            output: OnceCell::new(),
            max_size,
            expected: expected.unwrap_or(0),
        }
    }

    /// Whether the header has not been sent.
    pub(super) fn is_holding(&self) -> bool {
        self.is_holding.get()
    }

    /// From now on, buffers pass.
    pub(super) fn end(&self) {
        self.is_holding.set(false);
    }

    /// The longest body.
    pub(super) fn max_size(&self) -> usize {
        self.max_size
    }

    /// Adds bytes to the collected ones.
    pub(super) fn collect(&self, bytes: &[u8]) -> Result<(), Refusal> {
        let mut collected = self.collected.take();
        if bytes.len() > self.max_size.saturating_sub(collected.len()) {
            return Err(Refusal::TooLong(self.max_size));
        }
        let reserved = if collected.capacity() == 0 {
            collected.try_reserve_exact(bytes.len().max(self.expected))
        } else {
            collected.try_reserve(bytes.len())
        };
        reserved.map_err(|_| Refusal::Memory)?;
        collected.extend_from_slice(bytes);
        self.collected.set(collected);
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        let collected = self.collected.take();
        let is_empty = collected.is_empty();
        self.collected.set(collected);
        is_empty
    }

    /// The collected bytes.
    pub(super) fn take(&self) -> Vec<u8> {
        self.collected.take()
    }

    /// Keeps bytes until the request ends, because nginx sends them later.
    pub(super) fn keep(&self, bytes: Vec<u8>) -> &[u8] {
        self.output.get_or_init(|| bytes)
    }
}
