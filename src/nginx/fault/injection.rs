//! The environment variable `PTA_FAULT_FILE` names a file. While the file exists, it contains the
//! next fault:
//!
//! - `panic CALLBACK`: the [`Callback`] panics.
//! - `memory STAGE N`: the N-th allocation in this [`Stage`] fails. Earlier ones decrease N in the
//!   file.
//! - `kill N`: the process is killed before the N-th store to a table of claims. Earlier ones decrease
//!   N in the file.
//!
//! When the fault happens, the file is removed. So each fault happens once, in any one process.

use std::fs;
use std::sync::OnceLock;

use nginx_sys::{NGX_LOG_EMERG, SIGKILL, kill, ngx_log_t, ngx_pid};
use ngx::ngx_log_error;

use super::Stage;
use crate::nginx::callback::Callback;

/// The master reads the variable, because nginx removes it from the environment of workers.
fn file() -> Option<&'static str> {
    static FILE: OnceLock<Option<String>> = OnceLock::new();
    FILE.get_or_init(|| std::env::var("PTA_FAULT_FILE").ok()).as_deref()
}

#[allow(clippy::panic)] // the purpose of this function
pub(super) fn in_callback(callback: Callback) {
    let Some(file) = file() else { return };
    let wanted = |fault: String| fault == format!("panic {callback:?}");
    if fs::read_to_string(file).is_ok_and(wanted) && fs::remove_file(file).is_ok() {
        panic!("injected fault");
    }
}

pub(super) fn in_store() {
    let Some(file) = file() else { return };
    let Ok(fault) = fs::read_to_string(file) else { return };
    match fault.strip_prefix("kill ").map(str::parse::<usize>) {
        Some(Ok(1)) if fs::remove_file(file).is_ok() => {
            // SAFETY: the process ends here, and does not run any more code.
            unsafe { kill(ngx_pid, i32::try_from(SIGKILL).unwrap_or(9)) };
        }
        Some(Ok(number @ 2..)) => {
            // If the write fails, the fault never happens, and the test fails.
            let _ = fs::write(file, format!("kill {}", number.saturating_sub(1)));
        }
        _ => {}
    }
}

/// Logs the failed allocation, as nginx itself does.
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
            // If the write fails, the fault never happens, and the test fails.
            let _ = fs::write(file, format!("memory {stage:?} {}", number.saturating_sub(1)));
            false
        }
        _ => false,
    }
}
