//! Faults on demand, for `scripts/lib/faults`: nothing happens here unless the module was built with the feature
//! `fault-injection`, which no release has.

use nginx_sys::ngx_log_t;

use crate::nginx::callback::Callback;

#[cfg(feature = "fault-injection")]
mod injection;

/// Whose pool an allocation is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Configuration,
    Request,
}

/// Panics if that is wanted of this entry.
#[inline]
pub(crate) fn at_entry(entry: Callback) {
    #[cfg(feature = "fault-injection")]
    injection::at_entry(entry);
    let _ = entry;
}

/// Whether an allocation from a pool is to fail.
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
