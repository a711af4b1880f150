//! Links: the parts of a URL, its host, and its path as nginx sees it.

pub(crate) mod argument_name;
pub(crate) mod host;
pub mod nginx_path;
pub(crate) mod path_advice;
pub mod url;
