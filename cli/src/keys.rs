//! The keys of a command, and the files that contain keys.

pub(crate) mod found;
pub(crate) mod fresh;
pub(crate) mod key_file;
pub(crate) mod new_file;
pub(crate) mod pair_file;
pub(crate) mod seal_key_file;
pub(crate) mod seal_rules;
mod secret_file;
