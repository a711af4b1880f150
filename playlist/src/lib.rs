//! Adds a token to the references of HLS and DASH playlists. Bytes only: no nginx, no clock, no I/O.
//!
//! A reference gets the token only if it certainly goes to the host of the request, for every
//! client, and if the token allows its path. All other bytes stay as they are.
//!
//! - `rewrite`: recognises a playlist and rewrites it.
//! - `hls`: lines, tags and variables.
//! - `dash`: elements, BaseURLs and templates.
//! - `job`: decides about each reference, and notes what changes.
//! - `response`: which responses may be playlists.
//! - `same_host`, `coverage`, `argument`: the three questions about a reference.
//!
//! Memory: besides the input, an output of at most [`Settings::max_size`], and 12 bytes for each
//! change. A failed allocation is an [`Outcome`], except for the names of the XML elements that are
//! open. Time: [`Outcome::TooLarge`] also ends a playlist that would take too many steps.
//!
//! ```
//! use pta_http::name::TokenName;
//! use pta_playlist::{Outcome, Port, Request, Scheme, Settings, Skip, Token, rewrite};
//! use pta_token::PathPattern;
//!
//! let request = Request {
//!     scheme: Scheme::Https,
//!     host: b"media.example.com",
//!     port: Port::in_host_line(b"media.example.com"),
//!     path: b"/live/ch1/index.m3u8",
//!     query: b"",
//! };
//! let name = TokenName::parse(b"pta").ok_or("not a name")?;
//! let token = Token::new(name, b"3174ffad", PathPattern::parse(b"/live/*")?).ok_or("not a token")?;
//! let settings = Settings { hosts: &[], skip: Skip::default(), max_size: 16 << 20 };
//! let playlist = b"#EXTM3U\n#EXTINF:6,\nseg1.ts\nhttps://other.example.com/seg2.ts\n";
//! let Outcome::Rewritten(rewritten) = rewrite(playlist, &request, &token, &settings) else {
//!     return Err("not a playlist".into());
//! };
//! let expected = b"#EXTM3U\n#EXTINF:6,\nseg1.ts?pta=3174ffad\nhttps://other.example.com/seg2.ts\n";
//! assert_eq!(*rewritten.text, expected[..]);
//! assert_eq!((rewritten.counts.signed, rewritten.counts.seen), (1, 2));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Arrows: rewrite -> {dash, hls} -> job -> {argument, coverage, same_host} -> {characters, edits, hosts}
//! -> {memory, request, response, skip} -> stop

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
mod response;
mod rewrite;
mod same_host;
mod skip;
mod stop;

pub use hosts::{Host, HostError};
pub use job::{Counts, Settings};
pub use request::{Port, Request, Scheme, Token};
pub use response::{has_playlist_extension, has_playlist_type};
pub use rewrite::{Outcome, Rewritten, rewrite};
pub use skip::{Kind, Skip, SkipError};
pub use stop::XmlError;
