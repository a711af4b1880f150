//! Values that outlive internal redirects, under a cleanup of the request's pool.

use core::ffi::c_void;
use core::ptr::{self, NonNull};

use nginx_sys::{NGX_ALIGNMENT, ngx_pool_cleanup_add};

use crate::nginx::fault::{self, Stage};
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;

/// The address of a static. The compiler may merge equal functions, but no two statics share an
/// address.
pub(crate) type Tag = *const u8;

/// A type that outlives internal redirects in a request's pool.
///
/// # Safety
///
/// `tag` must be the address of a static that no other implementation uses.
pub(crate) unsafe trait Lasting {
    /// The type itself, which may refer to what the request has.
    type Of<'r>;

    fn tag() -> Tag;
}

#[repr(C)]
struct Tagged<T> {
    tag: Tag,
    value: T,
}

const CLEAR_TAG: unsafe extern "C" fn(*mut c_void) = clear_tag;

/// Runs when the pool is destroyed. If the compiler merges it with an equal function, that one writes a pointer to its
/// data as well, so that a tag can be read there, and it is not one of ours.
unsafe extern "C" fn clear_tag(data: *mut c_void) {
    // SAFETY: allocate_lasting put a tag there.
    unsafe { data.cast::<Tag>().write(ptr::null()) }
}

impl<'r> Request<'r> {
    /// Stores a value under a cleanup of the pool, where it outlives internal redirects. It is
    /// found by its type.
    pub(crate) fn allocate_lasting<T: Lasting>(self, value: T::Of<'r>) -> Result<&'r T::Of<'r>, OutOfMemory> {
        const { assert!(align_of::<Tagged<T::Of<'r>>>() <= NGX_ALIGNMENT) };
        const { assert!(!core::mem::needs_drop::<T::Of<'r>>()) };
        if fault::out_of_memory(Stage::Request, self.log()) {
            return Err(OutOfMemory);
        }
        // SAFETY: the pool is the request's own; ngx_pool_cleanup_add allocates the data with ngx_palloc.
        unsafe {
            let cleanup = ngx_pool_cleanup_add((*self.as_ptr()).pool, size_of::<Tagged<T::Of<'r>>>());
            let cleanup = cleanup.as_mut().ok_or(OutOfMemory)?;
            let data = NonNull::new(cleanup.data.cast::<Tagged<T::Of<'r>>>()).ok_or(OutOfMemory)?;
            data.write(Tagged { tag: T::tag(), value });
            cleanup.handler = Some(clear_tag);
            Ok(&data.as_ref().value)
        }
    }

    /// The value that allocate_lasting put there.
    pub(crate) fn find_lasting<T: Lasting>(self) -> Option<&'r T::Of<'r>> {
        // SAFETY: the cleanups of a pool are a NULL-terminated list. Under clear_tag there is only what
        // allocate_lasting put there, which begins with a tag; each type has a tag of its own.
        unsafe {
            let mut next = (*(*self.as_ptr()).pool).cleanup;
            while let Some(cleanup) = next.as_ref() {
                let is_tagged = cleanup.handler.is_some_and(|found| ptr::fn_addr_eq(found, CLEAR_TAG));
                if is_tagged && cleanup.data.cast::<Tag>().read() == T::tag() {
                    return cleanup.data.cast::<Tagged<T::Of<'r>>>().as_ref().map(|tagged| &tagged.value);
                }
                next = cleanup.next;
            }
        }
        None
    }
}
