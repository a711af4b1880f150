//! The header lines of a response. One type hides the two layouts of nginx.

use core::marker::PhantomData;
use core::ptr::{self, NonNull};

use nginx_sys::{
    NGX_HTTP_OK, ngx_http_headers_out_t, ngx_list_part_t, ngx_list_push, ngx_str_t, ngx_table_elt_t,
};

use crate::nginx::fault::{self, Stage};
use crate::nginx::layout;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::nginx::text::{bytes_of, str_of};

/// A header line that nginx will send.
pub(crate) struct Line<'r> {
    raw: NonNull<ngx_table_elt_t>,
    lifetime: PhantomData<&'r ngx_table_elt_t>,
}

impl<'r> Line<'r> {
    pub(crate) fn name(&self) -> &'r [u8] {
        // SAFETY: a line of the response lives in its pool.
        unsafe { bytes_of(self.raw.as_ref().key) }
    }

    pub(crate) fn value(&self) -> &'r [u8] {
        // SAFETY: as for name.
        unsafe { bytes_of(self.raw.as_ref().value) }
    }

    /// nginx does not send a line without a hash.
    pub(crate) fn remove(self) {
        // SAFETY: as for name. Nothing else refers to the line while the filter runs.
        unsafe { (*self.raw.as_ptr()).hash = 0 }
    }
}

/// The header lines that nginx will send, in their order.
pub(crate) fn lines(request: Request<'_>) -> impl Iterator<Item = Line<'_>> {
    // SAFETY: nginx sets up the list with the request.
    let first: *mut ngx_list_part_t = unsafe { &raw mut (*out(request)).headers.part };
    // SAFETY: the parts are linked by `next`, up to NULL.
    let parts =
        core::iter::successors(NonNull::new(first), |part| unsafe { NonNull::new(part.as_ref().next) });
    let lines = parts.flat_map(|part| {
        // SAFETY: a part has `nelts` lines. No caller adds a line during the iteration.
        let (lines, len) = unsafe { (part.as_ref().elts.cast::<ngx_table_elt_t>(), part.as_ref().nelts) };
        // SAFETY: `at` is less than `nelts`.
        (0..len).filter_map(move |at| NonNull::new(unsafe { lines.add(at) }))
    });
    // SAFETY: the lines live in the request's pool.
    lines.filter(|line| unsafe { line.as_ref().hash } != 0).map(|raw| Line { raw, lifetime: PhantomData })
}

/// Clears nginx's pointer to the Expires line, after it has been removed.
pub(crate) fn forget_expires(request: Request<'_>) {
    // SAFETY: the request is live.
    unsafe { (*out(request)).expires = ptr::null_mut() };
}

/// Clears nginx's pointers to the Cache-Control lines, after they have been removed.
pub(crate) fn forget_cache_control(request: Request<'_>) {
    // SAFETY: the request is live.
    #[cfg(nginx_cookie_list)]
    unsafe {
        (*out(request)).cache_control = ptr::null_mut();
    }
    // SAFETY: as above. An array without elements keeps its memory.
    #[cfg(not(nginx_cookie_list))]
    unsafe {
        (*out(request)).cache_control.nelts = 0;
    }
}

/// The status of the response.
pub(crate) fn status(request: Request<'_>) -> usize {
    // SAFETY: the request is live.
    unsafe { (*out(request)).status }
}

/// The lowest status of an error.
pub(crate) const LOWEST_ERROR: usize = 400;

/// Whether the response reports an error.
#[inline]
pub(crate) fn is_error(request: Request<'_>) -> bool {
    status(request) >= LOWEST_ERROR
}

/// The media type of the response, with its parameters.
pub(crate) fn content_type(request: Request<'_>) -> &[u8] {
    // SAFETY: the request is live, and the type is in its pool or in the configuration.
    unsafe { bytes_of((*out(request)).content_type) }
}

/// The length of the body, if it is known.
pub(crate) fn content_length(request: Request<'_>) -> Option<u64> {
    // SAFETY: the request is live.
    u64::try_from(unsafe { (*out(request)).content_length_n }).ok()
}

/// Makes the response a whole one with status 200, and with a body of this length.
pub(crate) fn set_whole(request: Request<'_>, len: Option<usize>) {
    // SAFETY: the request is live. The lines are in its pool.
    unsafe {
        let out = &mut *out(request);
        out.status = NGX_HTTP_OK as usize;
        out.status_line = ngx_str_t::empty();
        for line in [out.content_length, out.content_range] {
            if let Some(line) = line.as_mut() {
                line.hash = 0;
            }
        }
        (out.content_length, out.content_range) = (ptr::null_mut(), ptr::null_mut());
        out.content_length_n = len.and_then(|len| len.try_into().ok()).unwrap_or(-1);
        out.content_offset = 0;
    }
}

/// Removes what a client would need to ask for a part of the response, or whether it has changed.
pub(crate) fn remove_validators(request: Request<'_>) {
    // SAFETY: the request is live. The lines are in its pool.
    unsafe {
        let out = &mut *out(request);
        for line in [out.etag, out.last_modified, out.accept_ranges] {
            if let Some(line) = line.as_mut() {
                line.hash = 0;
            }
        }
        (out.etag, out.last_modified, out.accept_ranges) =
            (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
        out.last_modified_time = -1;
    }
    forbid_ranges(request);
}

/// Makes nginx ignore Range.
pub(crate) fn forbid_ranges(request: Request<'_>) {
    // SAFETY: the request is live.
    unsafe { layout::forbid_ranges(request.as_ptr()) }
}

/// Adds a "Cache-Control" line after the existing ones.
pub(crate) fn add_cache_control(request: Request<'_>, value: &'static [u8]) -> Result<(), OutOfMemory> {
    let line = push(request, b"Cache-Control", value)?;
    link_cache_control(request, line)?;
    // SAFETY: the line is new, and nothing else refers to it.
    unsafe { (*line.as_ptr()).hash = 1 };
    Ok(())
}

/// Adds a line with a name of which nginx keeps no pointers.
pub(crate) fn add<'r>(request: Request<'r>, name: &'static [u8], value: &'r [u8]) -> Result<(), OutOfMemory> {
    let line = push(request, name, value)?;
    // SAFETY: the line is new, and nothing else refers to it.
    unsafe { (*line.as_ptr()).hash = 1 };
    Ok(())
}

/// Sets the Location of a redirect. nginx makes it absolute if it begins with a slash.
pub(crate) fn set_location<'r>(request: Request<'r>, value: &'r [u8]) -> Result<(), OutOfMemory> {
    let line = push(request, b"Location", value)?;
    // SAFETY: the request is live. The line is new, and nothing else refers to it. As nginx's
    // `return` does, this replaces a line that nothing has sent.
    unsafe {
        if let Some(old) = (*out(request)).location.as_mut() {
            old.hash = 0;
        }
        (*line.as_ptr()).hash = 1;
        (*out(request)).location = line.as_ptr();
    }
    Ok(())
}

/// A new line, which nginx does not send until it gets a hash.
fn push<'r>(
    request: Request<'r>,
    name: &'static [u8],
    value: &'r [u8],
) -> Result<NonNull<ngx_table_elt_t>, OutOfMemory> {
    if fault::out_of_memory(Stage::Request, request.log()) {
        return Err(OutOfMemory);
    }
    // SAFETY: nginx sets up the list with the request. The new element is not initialised, and is
    // zeroed before it is read.
    let line = unsafe {
        let line = NonNull::new(ngx_list_push(&raw mut (*out(request)).headers).cast::<ngx_table_elt_t>());
        let line = line.ok_or(OutOfMemory)?;
        line.write_bytes(0, 1);
        line
    };
    // SAFETY: a line of zeros is valid.
    unsafe {
        let line = &mut *line.as_ptr();
        line.key = str_of(name);
        line.value = str_of(value);
    }
    Ok(line)
}

/// Since nginx 1.23: a list linked by `next`.
#[cfg(nginx_cookie_list)]
#[allow(clippy::unnecessary_wraps)] // the other layout allocates
fn link_cache_control(request: Request<'_>, line: NonNull<ngx_table_elt_t>) -> Result<(), OutOfMemory> {
    // SAFETY: the request is live; `next` is NULL or the next line of the same name.
    unsafe {
        let mut slot = &raw mut (*out(request)).cache_control;
        while !(*slot).is_null() {
            slot = &raw mut (**slot).next;
        }
        *slot = line.as_ptr();
    }
    Ok(())
}

/// Before nginx 1.23: an array of pointers. The first module that needs it sets it up.
#[cfg(not(nginx_cookie_list))]
fn link_cache_control(request: Request<'_>, line: NonNull<ngx_table_elt_t>) -> Result<(), OutOfMemory> {
    use nginx_sys::{ngx_array_push, ngx_palloc};

    if fault::out_of_memory(Stage::Request, request.log()) {
        return Err(OutOfMemory);
    }
    // SAFETY: the request is live. An array without memory has not been set up, and nothing else
    // refers to the array.
    unsafe {
        let array = &mut (*out(request)).cache_control;
        let slot = if array.elts.is_null() {
            array.size = size_of::<*mut ngx_table_elt_t>();
            array.pool = (*request.as_ptr()).pool;
            array.elts = ngx_palloc(array.pool, array.size);
            array.nelts = usize::from(!array.elts.is_null());
            array.nalloc = 1;
            array.elts
        } else {
            ngx_array_push(array)
        };
        *slot.cast::<*mut ngx_table_elt_t>().as_mut().ok_or(OutOfMemory)? = line.as_ptr();
    }
    Ok(())
}

fn out(request: Request<'_>) -> *mut ngx_http_headers_out_t {
    // SAFETY: the request is live.
    unsafe { &raw mut (*request.as_ptr()).headers_out }
}
