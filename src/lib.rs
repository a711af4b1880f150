//! PTA (Period of Time Authentication) for nginx: an access-phase handler that lets requests through by the
//! encrypted, expiring token that they carry.

// In tests nothing refers to the handlers: nginx's symbols exist only inside nginx.
#![cfg_attr(test, allow(dead_code))]

mod accel;
mod accel_redirect;
mod access;
mod blocks;
mod cache_control;
mod cache_directives;
mod cache_mark;
mod check;
mod clean;
mod client;
mod conf;
mod cookie;
mod cookie_line;
mod dav;
mod directives;
mod entry;
mod exports;
mod fault;
mod filter;
mod guard;
mod headers;
mod issue;
mod key_directives;
mod key_file;
mod key_warnings;
mod keys;
mod layout;
mod location;
mod location_tree;
mod main_conf;
mod mask;
mod mask_text;
mod module;
mod ngx_ext;
mod outcome;
mod pair_file;
mod place;
mod policy;
mod query;
mod record;
mod refusal;
mod regex_ends;
mod regex_warning;
mod secret_file;
mod server_rewrite;
mod setting;
mod single;
mod subrequest;
mod values;
mod variables;
mod version;
mod writer;
