//! The data that this module keeps about one request.

pub(crate) mod arrival;
pub(crate) mod cache_mark;
pub(crate) mod gate_names;
pub(crate) mod header_token;
pub(crate) mod masked;
pub(crate) mod no_store;
pub(crate) mod original;
pub(crate) mod outcome;
pub(crate) mod realm;
pub(crate) mod record;
pub(crate) mod removed_header;
pub(crate) mod usage;
