//! Tokens to measure `pta-token` with, and the minimum time of its cipher and CRC.
//!
//! Arrows: floor -> crc, seals -> tokens

// A benchmark panics if a result is wrong, and its numbers cannot overflow.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects, clippy::missing_panics_doc)]

pub mod crc;
pub mod floor;
pub mod seals;
mod tokens;

pub use tokens::{EXPIRES, Kind, LENGTHS, Pair, REQUEST_PREFIX, Token, pairs, ring};
