//! The keys of a server in an nginx.conf.

mod block;
pub mod lexer;
mod listen;
mod server;
mod settings;

use std::path::Path;

use crate::keys::found::FoundKeys;
use crate::link::host::Host;

/// The keys of the server named `server`, or else of the one that nginx would choose for `host`, or else of the only
/// server that has keys, or of all if they are the same.
pub(crate) fn keys(config: &Path, server: Option<&str>, host: Option<&Host>) -> Result<FoundKeys, String> {
    let conf = block::read(config)?;
    server::keys(&conf, server, host).map_err(|error| error.in_file(config))
}

#[cfg(test)]
mod tests;
