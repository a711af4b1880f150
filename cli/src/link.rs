//! Links: the parts of a URL, its host, and its path as nginx sees it.

pub(crate) mod host;
pub(crate) mod path_advice;
pub mod url;
