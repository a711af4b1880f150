//! The edge: safe types with lifetimes around nginx's structures. Nothing here knows about PTA.

pub(crate) mod callback;
pub(crate) mod complex_value;
pub(crate) mod conf;
pub(crate) mod cookies;
pub(crate) mod cycle;
pub(crate) mod escaped;
pub(crate) mod fault;
pub(crate) mod guard;
pub(crate) mod handler;
pub(crate) mod header_filter;
pub(crate) mod headers;
pub(crate) mod http_module;
pub(crate) mod lasting;
pub(crate) mod layout;
pub(crate) mod location;
pub(crate) mod memory;
pub(crate) mod open_file;
pub(crate) mod original_path;
pub(crate) mod phases;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod shared_zone;
pub(crate) mod source_line;
pub(crate) mod text;
pub(crate) mod upstream;
pub(crate) mod variable;
