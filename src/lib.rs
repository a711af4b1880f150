//! PTA (Period of Time Authentication) for nginx: an access-phase handler that lets a request
//! through if it carries a valid token. Tokens are encrypted and expire.
//!
//! Arrows: module -> filter -> {cache_control, gate, metrics, once, playlist, set_cookie} -> caching
//! -> variables -> {accel_redirect, check, file_mtime, issue, version} -> request -> conf -> {claims, counters}
//! -> nginx

// In tests, nothing refers to the handlers, because nginx's symbols exist only inside nginx.
#![cfg_attr(test, allow(dead_code))]

mod accel_redirect;
mod cache_control;
mod caching;
mod check;
mod claims;
mod conf;
mod counters;
mod file_mtime;
mod filter;
mod gate;
mod issue;
mod metrics;
mod module;
mod nginx;
mod once;
mod playlist;
mod request;
mod set_cookie;
mod variables;
mod version;
