//! The name of the token's argument and cookie.

use clap::{Args, ValueHint};
use pta_http::name::TokenName;

use crate::failure::Failure;

const DEFAULT: &str = "pta";

#[derive(Args)]
pub(crate) struct Name {
    /// The name of the argument or cookie, as in the directive pta_name [default: the name in
    /// --config, else pta]
    #[arg(long, value_name = "NAME", value_hint = ValueHint::Other)]
    name: Option<String>,
}

impl Name {
    /// The name, or else `configured`, or else the default of the module.
    pub(crate) fn or<'a>(&'a self, configured: Option<&'a str>) -> Result<&'a str, Failure> {
        match &self.name {
            Some(name) if TokenName::parse(name.as_bytes()).is_some() => Ok(name),
            Some(name) => Err(Failure::Usage(format!(
                "--name: \"{name}\" must consist of letters, digits, \"-\", \".\", \"_\" and \"~\""
            ))),
            None => Ok(configured.unwrap_or(DEFAULT)),
        }
    }
}
