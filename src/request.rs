//! What is known of one request.

pub(crate) mod cache_mark;
pub(crate) mod masked;
pub(crate) mod original;
pub(crate) mod outcome;
pub(crate) mod record;
