//! An HTTP module, and the types of the data that nginx keeps for it. The file that defines such a
//! type implements its trait.

use core::cell::RefCell;
use core::sync::atomic::{AtomicUsize, Ordering};

use nginx_sys::{
    ngx_http_core_loc_conf_t, ngx_http_core_main_conf_t, ngx_http_core_module, ngx_http_core_srv_conf_t,
    ngx_module_t,
};

use crate::nginx::unwritten::Unwritten;

/// # Safety
///
/// `index` must be the module's `ctx_index`.
pub(crate) unsafe trait HttpModule {
    fn index() -> usize;
}

/// A module of this shared object.
///
/// # Safety
///
/// `stored_index` must return a static that no other module uses.
pub(crate) unsafe trait OwnModule {
    fn stored_index() -> &'static StoredIndex;
}

/// `own_module! { pub(crate) enum NAME {} }` defines a type that stands for a module of this shared
/// object in code that reads its data.
macro_rules! own_module {
    ($(#[$doc:meta])* $vis:vis enum $name:ident {}) => {
        $(#[$doc])*
        $vis enum $name {}

        // SAFETY: only this function uses the static.
        unsafe impl $crate::nginx::http_module::OwnModule for $name {
            #[inline]
            fn stored_index() -> &'static $crate::nginx::http_module::StoredIndex {
                static INDEX: $crate::nginx::http_module::StoredIndex =
                    $crate::nginx::http_module::StoredIndex::unknown();
                &INDEX
            }
        }
    };
}
pub(crate) use own_module;

// SAFETY: the module's first callback stores its index, so it is set before anything reads it.
unsafe impl<M: OwnModule> HttpModule for M {
    #[inline]
    fn index() -> usize {
        M::stored_index().0.load(Ordering::Relaxed)
    }
}

/// The `ctx_index` of a module. The definition of a module refers to all of its code, so no layer
/// below may refer to the definition. The layers below read the index here.
pub(crate) struct StoredIndex(AtomicUsize);

impl StoredIndex {
    /// The state before [`Self::set`].
    pub(crate) const fn unknown() -> Self {
        Self(AtomicUsize::new(usize::MAX))
    }

    /// The first callback of the module must call this.
    ///
    /// # Safety
    ///
    /// `module` must be the static that defines the module. nginx sets its index before it calls the
    /// module's first callback, and does not change it while the module is loaded.
    pub(crate) unsafe fn set(&self, module: *mut ngx_module_t) {
        // SAFETY: by this function's contract.
        self.0.store(unsafe { (*module).ctx_index }, Ordering::Relaxed);
        INDEXED.with_borrow_mut(|indexed| {
            if !indexed.contains(&module) {
                indexed.push(module);
            }
        });
    }
}

thread_local! {
    /// The definitions of the modules of this shared object that have an index. nginx reads
    /// configurations in one thread.
    static INDEXED: RefCell<Vec<*mut ngx_module_t>> = const { RefCell::new(Vec::new()) };
}

/// Takes their indexes from the modules of this shared object, as if they had never been loaded.
/// nginx unloads the shared object, but thread-locals keep it in memory. When nginx loads it again,
/// it would let the modules keep indexes that it may have given to others meanwhile.
///
/// # Safety
///
/// No configuration may have these modules any more.
pub(crate) unsafe fn take_indexes_back() {
    let unset = ngx_module_t::default();
    for module in INDEXED.take() {
        // SAFETY: it is the static of a module. nginx reads and writes it only in this thread.
        unsafe {
            (*module).index = unset.index;
            (*module).ctx_index = unset.ctx_index;
        }
    }
}

/// # Safety
///
/// What the module creates for the http block must be of this type.
pub(crate) unsafe trait HasMainConf: HttpModule {
    type MainConf;
}

/// # Safety
///
/// What the module creates for a server must be of this type.
pub(crate) unsafe trait HasSrvConf: HttpModule {
    type SrvConf;
}

/// # Safety
///
/// What the module creates for a location must be of this type.
pub(crate) unsafe trait HasLocConf: HttpModule {
    type LocConf: 'static;

    /// Set if blocks share configurations: what a block has until one of its directives is read.
    const UNWRITTEN: Option<&'static Unwritten<Self::LocConf>> = None;
}

/// # Safety
///
/// Only `Request::set_context` may set the module's context.
pub(crate) unsafe trait HasContext: HttpModule {
    type Context<'r>;
}

/// A module whose configuration of a location nginx has merged when it merges that of `M`.
///
/// # Safety
///
/// nginx must merge this module before `M`.
pub(crate) unsafe trait MergedBefore<M>: HasLocConf {}

/// nginx's own module.
pub(crate) enum Core {}

// SAFETY: the index is the module's own.
unsafe impl HttpModule for Core {
    fn index() -> usize {
        // SAFETY: nginx sets the index before it reads the http block, and does not change it
        // afterwards.
        unsafe { (&raw const ngx_http_core_module.ctx_index).read() }
    }
}

// SAFETY: the type is that of nginx's create callback.
unsafe impl HasMainConf for Core {
    type MainConf = ngx_http_core_main_conf_t;
}

// SAFETY: as above.
unsafe impl HasSrvConf for Core {
    type SrvConf = ngx_http_core_srv_conf_t;
}

// SAFETY: as above.
unsafe impl HasLocConf for Core {
    type LocConf = ngx_http_core_loc_conf_t;
}

// SAFETY: nginx merges its own module first.
unsafe impl<M> MergedBefore<M> for Core {}
