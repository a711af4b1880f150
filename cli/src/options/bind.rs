//! The values that a seal is bound to.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use clap::{Args, ValueHint};
use pta_token::Binding;

use crate::failure::Failure;

/// The most values of `pta_bind`.
const LIMIT: usize = 8;

#[derive(Args)]
pub(crate) struct BindArguments {
    /// A value that the seal is bound to, as pta_bind has it; one option for each value, in the
    /// same order
    // It takes no option for its value: `--bind $empty --once` is an error. `--bind=-a` is a value.
    #[arg(long, value_name = "VALUE", value_hint = ValueHint::Other)]
    bind: Vec<OsString>,
}

impl BindArguments {
    /// The values, in order.
    pub(crate) fn values(&self) -> Result<Vec<&[u8]>, Failure> {
        let values: Vec<&[u8]> = self.bind.iter().map(|value| value.as_bytes()).collect();
        if values.len() > LIMIT {
            return Err(Failure::Usage(format!("--bind: there are {LIMIT} values at most")));
        }
        Ok(values)
    }
}

/// The binding to these values. An error if one of them is empty.
pub(crate) fn binding<'a>(values: &'a [&'a [u8]]) -> Result<Binding<'a>, Failure> {
    Binding::new(values).map_err(|error| Failure::Usage(format!("--bind: {error}")))
}
