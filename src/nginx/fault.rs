//! Faults on demand, for `tests/faults`. Does nothing without the feature `fault-injection`, which
//! no release has.

use nginx_sys::ngx_log_t;

use crate::nginx::callback::Callback;

#[cfg(feature = "fault-injection")]
mod injection;

/// The memory that an allocation uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Configuration,
    Request,
    /// Shared memory. A reload allocates only what the zone does not have yet.
    Zone,
}

/// Panics if a test wants a panic in this callback.
#[inline]
pub(crate) fn in_callback(callback: Callback) {
    #[cfg(feature = "fault-injection")]
    injection::in_callback(callback);
    let _ = callback;
}

/// Kills the process if a test wants that before this store to a zone.
#[inline]
pub(crate) fn in_store() {
    #[cfg(feature = "fault-injection")]
    injection::in_store();
}

/// Whether a test wants this allocation to fail.
#[inline]
pub(crate) fn out_of_memory(stage: Stage, log: *mut ngx_log_t) -> bool {
    #[cfg(feature = "fault-injection")]
    return injection::out_of_memory(stage, log);
    #[cfg(not(feature = "fault-injection"))]
    {
        let _ = (stage, log);
        false
    }
}
