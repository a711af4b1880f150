//! The pta command.

use std::process::ExitCode;
use std::{env, io};

use pta_cli::{help_option, run};

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().collect();
    match run(&arguments, &mut io::stdout().lock()) {
        Ok(status) => status,
        Err(failure) => failure.report(&help_option(&arguments)),
    }
}
