//! Where a token stands in an HTTP request: the argument of a query, the cookies of a header line,
//! the bytes of a text that logs must not show, and the path that nginx compares. Bytes only, nothing
//! of nginx.
//!
//! Arrows: {cookie, mask, query} -> {blocks, name, path, writer}

#![forbid(unsafe_code)]

pub mod blocks;
pub mod cookie;
pub mod mask;
pub mod name;
pub mod path;
pub mod query;
pub mod writer;
