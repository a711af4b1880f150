//! The environment variable `PTA_FAULT_FILE` names a file that says, while it exists, which fault is wanted:
//! `panic ENTRY`, with the name of an [`Callback`], or `memory STAGE N`: the N-th allocation of a `Stage` from then on
//! fails. The file counts down, and is gone when the fault has happened: each happens once, in whatever process.

use std::fs;
use std::sync::OnceLock;

use nginx_sys::{NGX_LOG_EMERG, ngx_log_t};
use ngx::ngx_log_error;

use super::Stage;
use crate::nginx::callback::Callback;

/// What nginx was started with: the master looks it up, because workers have another environment.
fn file() -> Option<&'static str> {
    static FILE: OnceLock<Option<String>> = OnceLock::new();
    FILE.get_or_init(|| std::env::var("PTA_FAULT_FILE").ok()).as_deref()
}

#[allow(clippy::panic)] // it is what this is for
pub(super) fn at_entry(entry: Callback) {
    if let Some(file) = file()
        && fs::read_to_string(file).is_ok_and(|fault| fault == format!("panic {entry:?}"))
        && fs::remove_file(file).is_ok()
    {
        panic!("injected fault");
    }
}

/// An allocation that fails writes a line, as nginx itself does.
pub(super) fn out_of_memory(stage: Stage, log: *mut ngx_log_t) -> bool {
    let Some(file) = file() else { return false };
    let Ok(fault) = fs::read_to_string(file) else { return false };
    let Some(countdown) = fault.strip_prefix(&format!("memory {stage:?} ")) else { return false };
    match countdown.parse::<usize>() {
        Ok(1) if fs::remove_file(file).is_ok() => {
            ngx_log_error!(NGX_LOG_EMERG, log, "pta: injected fault: no memory");
            true
        }
        Ok(number @ 2..) => {
            // A test whose file cannot be written sees that its fault never happens.
            let _ = fs::write(file, format!("memory {stage:?} {}", number.saturating_sub(1)));
            false
        }
        _ => false,
    }
}
