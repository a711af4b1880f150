//! Tokens to measure `pta-token` with, and the floors that its cipher and its CRC set.
//!
//! Arrows: floor -> {crc, tokens}

// A benchmark stops at the first thing that is not as it must be; its numbers are its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
#![allow(clippy::missing_panics_doc)]

pub mod crc;
pub mod floor;
mod tokens;

pub use tokens::{EXPIRES, Kind, LENGTHS, Pair, REQUEST_PREFIX, Token, pairs, ring};
