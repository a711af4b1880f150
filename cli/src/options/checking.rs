//! What a command needs to open a token and to judge it.

use clap::Args;

use crate::options::bind::BindArguments;
use crate::options::clock::Clock;
use crate::options::key_source::KeyArguments;
use crate::options::name::Name;

#[derive(Args)]
pub(crate) struct Checking {
    #[command(flatten)]
    pub(crate) bind: BindArguments,

    #[command(flatten)]
    pub(crate) name: Name,

    #[command(flatten)]
    pub(crate) clock: Clock,

    #[command(flatten)]
    pub(crate) keys: KeyArguments,
}
