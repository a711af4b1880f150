//! Shared memory zones: memory that all workers see, and that outlives a reload.
//!
//! nginx hands the memory of a zone on to the next configuration if name, size and tag are the
//! same. It calls the zone's init callback before it has accepted the configuration.

pub(crate) mod links;
mod mutex;

use core::ffi::c_void;
use core::marker::PhantomData;
use core::ptr::{self, NonNull};
use core::slice;
use core::sync::atomic::AtomicU64;

use nginx_sys::{
    ngx_cycle, ngx_int_t, ngx_list_part_t, ngx_log_t, ngx_pagesize, ngx_shared_memory_add, ngx_shm_zone_t,
    ngx_shmtx_unlock, ngx_slab_calloc_locked, ngx_slab_pool_t, ngx_str_t,
};
use ngx::core::Status;

use crate::nginx::callback::Callback;
use crate::nginx::conf::{Conf, Logged};
use crate::nginx::fault::{self, Stage};
use crate::nginx::guard;
use crate::nginx::layout;
use crate::nginx::tag::Tag;
use crate::nginx::text::bytes_of;

/// The size of a page of memory.
pub(crate) fn page_size() -> usize {
    // SAFETY: nginx sets it when it starts.
    unsafe { ngx_pagesize }
}

/// A type that may lie in a zone.
///
/// # Safety
///
/// - Memory of zeros must be a valid value.
/// - The value must own nothing, and refer to nothing but memory of the same zone. It may do so by
///   [`links::Link`].
pub(crate) unsafe trait Shared: Sync + 'static {}

/// What a zone is for: the configuration that uses it. nginx drops the value with the
/// configuration.
///
/// # Safety
///
/// `tag` must return a static that no other implementation uses.
pub(crate) unsafe trait ZoneUse: 'static {
    /// What the zone holds. It has links to everything else in it.
    type Root: Shared;

    /// The name of the init callback.
    const CALLBACK: Callback;

    fn tag() -> &'static Tag;

    /// Prepares the zone for this configuration. Another configuration may be using it, and may go
    /// on to do so: nginx has not accepted this one yet.
    fn set_up(&self, zone: Zone, root: &'static Self::Root) -> Result<(), Logged>;
}

/// Why a zone cannot be declared.
pub(crate) enum DeclareError {
    /// The configuration has already declared it for this use.
    Duplicate,
    Logged,
}

/// Declares a zone. nginx creates it when it has read the configuration.
pub(crate) fn declare<U: ZoneUse>(
    cf: Conf<'_>,
    mut name: ngx_str_t,
    size: usize,
    usage: U,
) -> Result<(), DeclareError> {
    if fault::out_of_memory(Stage::Configuration, cf.log()) {
        return Err(DeclareError::Logged);
    }
    let tag = U::tag().as_ptr().cast_mut().cast();
    // SAFETY: `cf` is valid in a setter. nginx only compares the tag. The name lies in the
    // configuration's pool, as the zone does.
    let zone = unsafe { ngx_shared_memory_add(cf.as_ptr(), &raw mut name, size, tag).as_mut() };
    let Some(zone) = zone else { return Err(DeclareError::Logged) };
    if !zone.data.is_null() {
        return Err(DeclareError::Duplicate);
    }
    let usage = cf.allocate(usage);
    if usage.is_null() {
        return Err(DeclareError::Logged);
    }
    zone.data = usage.cast();
    zone.init = Some(init::<U>);
    Ok(())
}

unsafe extern "C" fn init<U: ZoneUse>(zone: *mut ngx_shm_zone_t, old: *mut c_void) -> ngx_int_t {
    guard::value(U::CALLBACK, Status::NGX_ERROR.0, || {
        // SAFETY: nginx calls this for a zone of `declare`. Its memory begins with a slab pool,
        // which nginx has set up.
        let (usage, zone) = unsafe {
            let zone = &*zone;
            #[allow(clippy::cast_ptr_alignment)] // a mapping begins with a page
            let Some(pool) = NonNull::new(zone.shm.addr.cast::<ngx_slab_pool_t>()) else {
                return Status::NGX_ERROR.0;
            };
            (&*zone.data.cast::<U>(), Zone { pool, log: zone.shm.log })
        };
        let Some(root) = zone.root::<U::Root>(!old.is_null()) else { return Status::NGX_ERROR.0 };
        let done = usage.set_up(zone, root);
        if done.is_ok() { Status::NGX_OK.0 } else { Status::NGX_ERROR.0 }
    })
}

/// A zone that nginx has mapped. nginx maps it before it starts workers, at the same address in
/// all of them, and workers never unmap it. The master does after a reload without the zone, but
/// it handles no requests. (With `master_process off`, a reload without the zone is a danger to
/// the requests of the old configuration, as it is with nginx's own zones.) Hence `'static`.
#[derive(Clone, Copy)]
pub(crate) struct Zone {
    pool: NonNull<ngx_slab_pool_t>,
    log: *mut ngx_log_t,
}

impl Zone {
    /// The log of the configuration that nginx is reading.
    pub(crate) fn log(self) -> *mut ngx_log_t {
        self.log
    }

    /// Makes the root of a new zone, or finds that of an old one. nginx logs if there is no memory.
    fn root<R: Shared>(self, is_old: bool) -> Option<&'static R> {
        let lock = self.lock();
        let root = if is_old {
            // SAFETY: the zone has the same tag as before, so its root has the same type.
            unsafe { (*self.pool.as_ptr()).data.cast::<R>().as_ref()? }
        } else {
            let root = lock.allocate::<R>()?;
            // SAFETY: the zone is new, and nothing else refers to its pool.
            unsafe {
                layout::do_not_log_lack_of_memory(self.pool);
                (*self.pool.as_ptr()).data = ptr::from_ref(root).cast_mut().cast();
            }
            root
        };
        Some(root)
    }

    /// Waits for the zone's mutex. If a process ends while it has it, others get it.
    pub(crate) fn lock(self) -> Locked {
        // SAFETY: nginx has made the mutex with the zone.
        unsafe { mutex::lock(&raw mut (*self.pool.as_ptr()).mutex) };
        Locked { zone: self, not_send: PhantomData }
    }
}

/// While it exists, this process has the zone's mutex. Do not lock a zone twice.
pub(crate) struct Locked {
    zone: Zone,
    not_send: PhantomData<*const ()>,
}

impl Locked {
    /// Memory of zeros for one value, which is never freed. `None` if the zone is full. The caller
    /// reports that.
    pub(crate) fn allocate<T: Shared>(&self) -> Option<&'static T> {
        const { assert!(size_of::<T>() > 0 && align_of::<T>() <= 4096) };
        if fault::out_of_memory(Stage::Zone, self.zone.log) {
            return None;
        }
        // SAFETY: the mutex is held. nginx rounds small sizes up to a power of two and large ones
        // to pages, and aligns each piece to its size or to a page. So it is aligned for `T`, whose
        // size is a multiple of its alignment. Zeros are a valid `T`.
        unsafe { ngx_slab_calloc_locked(self.zone.pool.as_ptr(), size_of::<T>()).cast::<T>().as_ref() }
    }

    /// All pages that are free, as numbers that are 0. `None` if there are none. The caller reports
    /// that.
    pub(crate) fn allocate_rest(&self) -> Option<&'static [AtomicU64]> {
        if fault::out_of_memory(Stage::Zone, self.zone.log) {
            return None;
        }
        let pool = self.zone.pool.as_ptr();
        // SAFETY: the mutex is held. What nginx allocates here begins with a page, and is never
        // freed. Zeros are valid numbers.
        unsafe {
            // Numbers of 8 bytes.
            let size = (*pool).pfree.saturating_mul(page_size());
            let start = ngx_slab_calloc_locked(pool, size).cast::<AtomicU64>();
            (size > 0 && !start.is_null()).then(|| slice::from_raw_parts(start, size >> 3))
        }
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        // SAFETY: this process has the mutex.
        unsafe { ngx_shmtx_unlock(&raw mut (*self.zone.pool.as_ptr()).mutex) };
    }
}

/// The size of the zone with this name in the configuration that nginx uses until now, if it has one
/// for the same use.
pub(crate) fn size_until_now<U: ZoneUse>(name: &[u8]) -> Option<usize> {
    // SAFETY: nginx always has a current cycle; while it reads a configuration, that is the old one.
    // Its zones are a list of arrays. The part of a temporary cycle, at start-up, has no elements.
    unsafe {
        let first: *const ngx_list_part_t = &raw const (*ngx_cycle).shared_memory.part;
        let parts = core::iter::successors(first.as_ref(), |part| part.next.as_ref());
        let mut zones = parts.flat_map(|part| {
            let zones = part.elts.cast::<ngx_shm_zone_t>();
            (0..part.nelts).filter_map(move |at| zones.add(at).as_ref())
        });
        let same = |zone: &&ngx_shm_zone_t| {
            zone.tag.cast_const().cast() == U::tag().as_ptr() && bytes_of(zone.shm.name) == name
        };
        zones.find(same).map(|zone| zone.shm.size)
    }
}
