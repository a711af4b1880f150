//! The keys of a server in an nginx.conf.

mod block;
pub mod lexer;
mod listen;
mod locations;
mod server;
mod settings;

use std::path::Path;

use crate::keys::found::FoundKeys;
use crate::link::host::Host;

/// The keys of these servers. Servers without keys are skipped, and the others must have the same
/// keys:
///
/// - those named `server`, if it is given
/// - else those that nginx would choose for `host`, if it is given
/// - else all servers
pub(crate) fn keys(config: &Path, server: Option<&str>, host: Option<&Host>) -> Result<FoundKeys, String> {
    let conf = block::read(config)?;
    server::keys(&conf, server, host).map_err(|error| error.in_file(config))
}

#[cfg(test)]
mod tests;
