//! Which tokens have been used: a table of claims, made for memory that several processes share.
//!
//! The caller holds a lock while it calls a function, and any process may be killed inside. The table
//! makes up for that: see [`Table`]. This crate knows no nginx and no clock.
//!
//! Arrows: table -> {heap, index} -> slots -> words

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]
// In tests, a failure is a failed test.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::arithmetic_side_effects)
)]

mod heap;
mod index;
mod slots;
mod table;
mod words;

pub use slots::{HEADER_WORDS, Identity, SLOT_WORDS};
pub use table::{Claim, Table};
pub use words::Words;
