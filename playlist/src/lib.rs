//! Adds a token to the references of HLS and DASH playlists. Bytes only: no nginx, no clock, no I/O.
//!
//! A reference gets the token only if it certainly goes to the host of the request, for every
//! client, and if the token allows its path. All other bytes stay as they are.
//!
//! - `rewrite`: recognises a playlist and rewrites it.
//! - `hls`: lines, tags and variables.
//! - `dash`: elements, BaseURLs and templates.
//! - `job`: decides about each reference, and notes what changes.
//! - `same_host`, `coverage`, `argument`: the three questions about a reference.
//!
//! Memory: besides the input, an output of at most [`Settings::max_size`] and a list of what
//! changes. A failed allocation is an [`Outcome`].
//!
//! Arrows: rewrite -> {dash, hls} -> job -> {argument, coverage, same_host} -> {characters, edits, hosts}
//! -> {memory, request, skip} -> stop

#![forbid(unsafe_code)]

mod argument;
mod characters;
mod coverage;
mod dash;
mod edits;
mod hls;
mod hosts;
mod job;
mod memory;
mod request;
mod rewrite;
mod same_host;
mod skip;
mod stop;

pub use hosts::{Host, HostError};
pub use job::{Counts, Settings};
pub use request::{Port, Request, Scheme, Token};
pub use rewrite::{Outcome, Rewritten, rewrite};
pub use skip::{Kind, Skip, SkipError};
pub use stop::XmlError;
