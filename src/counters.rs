//! What is counted of the decisions about requests, in the shared memory of `pta_metrics_zone`.
//!
//! The decisions are counted where they are made, so this room lies below the check. The directives
//! and the pages that show the numbers are in `metrics`.

pub(crate) mod denial;
pub(crate) mod label;
pub(crate) mod slot;
pub(crate) mod zone;
