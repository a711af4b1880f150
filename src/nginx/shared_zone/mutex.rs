//! The mutex of a zone.
//!
//! nginx's master frees the mutex if a worker ends while it has it. There are two cases in which it
//! does not:
//!
//! - A reload has removed the zone or changed its size. The master knows only zones of the
//!   configuration in use, and workers of the old one may still share the zone.
//! - The master itself waits for the mutex, while it reads a configuration. It blocks the signal that
//!   tells it about the end of a worker.
//!
//! So a process that waits finds out whether the owner has ended. nginx's own function would wait
//! for ever.

use core::hint;
use core::time::Duration;
use std::{fs, io, thread};

use nginx_sys::{
    NGX_ESRCH, getpgid, getpgrp, ngx_pid, ngx_pid_t, ngx_shmtx_force_unlock, ngx_shmtx_t, ngx_shmtx_trylock,
};

/// The rounds in which the process tries again at once. Each round is twice as long as the one
/// before. Owners have the mutex for less than a microsecond, unless they lose the processor.
const SPINS: u32 = 8;
/// After so many rounds, the process sleeps between them.
const YIELDS: u32 = 100;
const PAUSE: Duration = Duration::from_millis(1);

/// Waits until this process has the mutex.
///
/// # Safety
///
/// nginx must have made the mutex.
pub(super) unsafe fn lock(mutex: *mut ngx_shmtx_t) {
    let mut round = 0;
    // SAFETY: as the caller promises.
    while unsafe { ngx_shmtx_trylock(mutex) } == 0 {
        // SAFETY: the same.
        unsafe { wait(mutex, round) };
        round = round.saturating_add(1);
    }
}

/// Waits a little, the longer the more rounds have passed.
///
/// # Safety
///
/// As [`lock`].
#[cold]
unsafe fn wait(mutex: *mut ngx_shmtx_t, round: u32) {
    if round < SPINS {
        (0..1 << round).for_each(|_| hint::spin_loop());
    } else if round < YIELDS {
        thread::yield_now();
    } else {
        // SAFETY: as the caller promises.
        unsafe { free_if_owner_has_ended(mutex) };
        thread::sleep(PAUSE);
    }
}

/// # Safety
///
/// As [`lock`].
unsafe fn free_if_owner_has_ended(mutex: *mut ngx_shmtx_t) {
    // SAFETY: the mutex refers to a number of its zone: the process id of the owner, or 0. Other
    // processes change it.
    let owner = unsafe { (*mutex).lock.read_volatile() };
    let Some(owner) = ngx_pid_t::try_from(owner).ok().filter(|owner| *owner != 0) else { return };
    // This process waits, so it does not have the mutex. Its number is that of an owner that has
    // ended.
    // SAFETY: nginx sets the number when the process starts.
    let is_own_number = owner == unsafe { ngx_pid };
    if is_own_number || has_ended(owner) {
        // SAFETY: as the caller promises. It does nothing if the mutex has another owner by now.
        unsafe { ngx_shmtx_force_unlock(mutex, owner) };
    }
}

/// Whether this process of nginx has ended. In doubt, it has not.
fn has_ended(pid: ngx_pid_t) -> bool {
    // SAFETY: plain system calls.
    let (group, own_group) = unsafe { (getpgid(pid), getpgrp()) };
    if group < 0 {
        let no_such_process = i32::try_from(NGX_ESRCH).ok();
        return io::Error::last_os_error().raw_os_error() == no_such_process;
    }
    // Processes of one master are one group. In another group, another program has the number now.
    group != own_group || is_zombie(pid)
}

/// Whether the process has ended, and its parent does not know that yet. Systems without this file
/// do not say: there, it has not.
fn is_zombie(pid: ngx_pid_t) -> bool {
    let stat = fs::read(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The state is behind the name, which is in parentheses and may contain any byte.
    let behind_name = stat.rsplit(|byte| *byte == b')').next().unwrap_or_default();
    matches!(behind_name, [b' ', b'Z' | b'X', ..])
}
