//! Finds the token in an HTTP request. All functions work on bytes, without nginx.
//!
//! - `query`: the token's argument in a query.
//! - `cookie`: the token's cookies in a header line.
//! - `forwarded`: the URI that another proxy asks about.
//! - `header`: the token's own header.
//! - `mask`: the values that logs must not show.
//! - `path`: the path as nginx normalises it.
//!
//! Arrows: forwarded -> {cookie, header, mask, query} -> {blocks, name, path, writer}

#![forbid(unsafe_code)]

pub mod blocks;
pub mod cookie;
pub mod forwarded;
pub mod header;
pub mod mask;
pub mod name;
pub mod path;
pub mod query;
pub mod writer;
