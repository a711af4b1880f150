//! Values with `Drop` in the request's pool.

use core::ffi::c_void;
use core::ptr::NonNull;

use nginx_sys::{NGX_ALIGNMENT, ngx_pool_cleanup_add};

use crate::nginx::callback::Callback;
use crate::nginx::fault::{self, Stage};
use crate::nginx::guard;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;

impl<'r> Request<'r> {
    /// Puts a value into the request's pool. It is dropped with the pool.
    pub(crate) fn allocate_droppable<T: 'static>(self, value: T) -> Result<&'r T, OutOfMemory> {
        const { assert!(align_of::<T>() <= NGX_ALIGNMENT) };
        if fault::out_of_memory(Stage::Request, self.log()) {
            return Err(OutOfMemory);
        }
        // SAFETY: the pool is the request's own. ngx_pool_cleanup_add allocates the data with
        // ngx_palloc, and the alignment is checked above.
        unsafe {
            let cleanup = ngx_pool_cleanup_add((*self.as_ptr()).pool, size_of::<T>());
            let cleanup = cleanup.as_mut().ok_or(OutOfMemory)?;
            let data = NonNull::new(cleanup.data.cast::<T>()).ok_or(OutOfMemory)?;
            data.write(value);
            cleanup.handler = Some(drop_value::<T>);
            Ok(data.as_ref())
        }
    }
}

unsafe extern "C" fn drop_value<T>(data: *mut c_void) {
    // SAFETY: nginx calls this once, for a value that `allocate_droppable` put there.
    guard::value(Callback::DropHeld, (), || unsafe { data.cast::<T>().drop_in_place() });
}
