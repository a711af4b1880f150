//! Values that outlive internal redirects, in cleanups of the request's pool.

use core::ffi::c_void;
use core::ptr::{self, NonNull};

use nginx_sys::{NGX_ALIGNMENT, ngx_pool_cleanup_add};

use crate::nginx::fault::{self, Stage};
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::nginx::tag::Tag;

/// A type that outlives internal redirects in a request's pool.
///
/// # Safety
///
/// `tag` must return a static that no other implementation uses.
pub(crate) unsafe trait Lasting {
    /// The type itself. It may borrow from the request.
    type Of<'r>;

    fn tag() -> &'static Tag;
}

#[repr(C)]
struct Tagged<T> {
    tag: *const Tag,
    value: T,
}

/// Identifies the cleanups of `allocate_lasting`. A function may have several addresses. So both who
/// sets the handler and who compares it read this one.
static CLEAR_TAG: unsafe extern "C" fn(*mut c_void) = clear_tag;

/// Runs when the pool is destroyed. The compiler may merge it with an equal function. The data of
/// that function then also begins with space for a pointer, so reading a tag there is sound. It
/// never equals one of our tags.
unsafe extern "C" fn clear_tag(data: *mut c_void) {
    // SAFETY: allocate_lasting put a tag there.
    unsafe { data.cast::<*const Tag>().write(ptr::null()) }
}

impl<'r> Request<'r> {
    /// Stores a value in a cleanup of the pool, where it outlives internal redirects. It is found
    /// by its type.
    pub(crate) fn allocate_lasting<T: Lasting>(self, value: T::Of<'r>) -> Result<&'r T::Of<'r>, OutOfMemory> {
        const { assert!(align_of::<Tagged<T::Of<'r>>>() <= NGX_ALIGNMENT) };
        const { assert!(!core::mem::needs_drop::<T::Of<'r>>()) };
        if fault::out_of_memory(Stage::Request, self.log()) {
            return Err(OutOfMemory);
        }
        // SAFETY: the pool is the request's own. ngx_pool_cleanup_add allocates the data with
        // ngx_palloc.
        unsafe {
            let cleanup = ngx_pool_cleanup_add((*self.as_ptr()).pool, size_of::<Tagged<T::Of<'r>>>());
            let cleanup = cleanup.as_mut().ok_or(OutOfMemory)?;
            let data = NonNull::new(cleanup.data.cast::<Tagged<T::Of<'r>>>()).ok_or(OutOfMemory)?;
            data.write(Tagged { tag: T::tag().as_ptr(), value });
            cleanup.handler = Some(CLEAR_TAG);
            Ok(&data.as_ref().value)
        }
    }

    /// The value that allocate_lasting stored.
    pub(crate) fn find_lasting<T: Lasting>(self) -> Option<&'r T::Of<'r>> {
        // SAFETY: the cleanups of a pool are a NULL-terminated list. The data of a cleanup with
        // clear_tag comes from allocate_lasting and begins with a tag. Each type has a tag of its
        // own.
        unsafe {
            let mut next = (*(*self.as_ptr()).pool).cleanup;
            while let Some(cleanup) = next.as_ref() {
                let is_tagged = cleanup.handler.is_some_and(|found| ptr::fn_addr_eq(found, CLEAR_TAG));
                if is_tagged && cleanup.data.cast::<*const Tag>().read() == T::tag().as_ptr() {
                    return cleanup.data.cast::<Tagged<T::Of<'r>>>().as_ref().map(|tagged| &tagged.value);
                }
                next = cleanup.next;
            }
        }
        None
    }
}
