//! Configurations that blocks share. A block in which no directive of a module is written has no
//! configuration of its own, but that of the block around it. Most of the many locations of a site
//! use few modules, so this saves memory.

use core::ptr;

use nginx_sys::{ngx_conf_t, ngx_http_conf_ctx_t};

use crate::nginx::conf::Conf;
use crate::nginx::http_module::HasLocConf;

fn is_unwritten<M: HasLocConf>(conf: *const M::LocConf) -> bool {
    M::UNWRITTEN.is_some_and(|unwritten| ptr::eq(unwritten.as_ptr(), conf))
}

/// Where nginx has the pointer to the configuration of `M` of the block that it reads or merges.
///
/// # Safety
///
/// nginx must be reading a directive within the http block, or merging locations, with `cf`.
unsafe fn slot<M: HasLocConf>(cf: *mut ngx_conf_t) -> *mut *mut M::LocConf {
    // SAFETY: `ctx` then has the table of the block, with an element for each HTTP module.
    unsafe { (*(*cf).ctx.cast::<ngx_http_conf_ctx_t>()).loc_conf.add(M::index()).cast() }
}

/// The configuration of the block whose directive nginx is reading. Makes one if the block has none
/// of its own. `None` if there is no memory.
///
/// # Safety
///
/// `cf` and `conf` must be the arguments of a running setter of the module `M`. Nothing else may refer
/// to the configuration during `'c`.
pub(crate) unsafe fn own<'c, M: HasLocConf>(
    cf: *mut ngx_conf_t,
    conf: *mut M::LocConf,
) -> Option<&'c mut M::LocConf> {
    let own = match M::UNWRITTEN {
        Some(unwritten) if is_unwritten::<M>(conf) => {
            // SAFETY: by this function's contract.
            let made = unsafe { Conf::from_raw(cf) }.allocate(unwritten.make());
            if !made.is_null() {
                // SAFETY: by this function's contract.
                unsafe { slot::<M>(cf).write(made) }
            }
            made
        }
        _ => conf,
    };
    // SAFETY: by this function's contract. No other block shares it before nginx merges blocks.
    unsafe { own.as_mut() }
}

/// A block that nginx is merging with the one around it.
pub(crate) struct Block<'c, M: HasLocConf> {
    slot: &'c mut *mut M::LocConf,
    parent: &'c M::LocConf,
}

impl<'c, M: HasLocConf> Block<'c, M> {
    /// # Safety
    ///
    /// nginx must have called the merge_loc_conf of the module `M` with these arguments. The lifetime
    /// must not outlast that call.
    pub(crate) unsafe fn from_raw(cf: *mut ngx_conf_t, parent: *const M::LocConf) -> Self {
        // SAFETY: by this function's contract. nginx has merged `parent`, and does not use the slot
        // during the call.
        unsafe { Self { slot: &mut *slot::<M>(cf), parent: &*parent } }
    }

    /// The directives of the block, if one is written.
    pub(crate) fn written(&self) -> Option<&M::LocConf> {
        // SAFETY: the module has created the configuration. Nothing changes it during the borrow.
        (!is_unwritten::<M>(*self.slot)).then(|| unsafe { &**self.slot })
    }

    /// Lets the block inherit: a block with directives by `inherit`, which gets them and those around
    /// it. Returns what then applies.
    pub(crate) fn merge(self, inherit: impl FnOnce(&mut M::LocConf, &M::LocConf)) -> &'c M::LocConf {
        if is_unwritten::<M>(*self.slot) {
            *self.slot = ptr::from_ref(self.parent).cast_mut();
            return self.parent;
        }
        // SAFETY: the block has the configuration of its own. nginx merges it only once, and before
        // the blocks in it, so nothing else refers to it.
        let own = unsafe { &mut **self.slot };
        inherit(own, self.parent);
        own
    }
}
