//! What is known of one request.

pub(crate) mod arrival;
pub(crate) mod cache_mark;
pub(crate) mod masked;
pub(crate) mod original;
pub(crate) mod outcome;
pub(crate) mod realm;
pub(crate) mod record;
