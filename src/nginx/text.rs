//! Conversions between nginx's strings and Rust's.

use core::slice;

use nginx_sys::ngx_str_t;

/// The bytes of one of nginx's strings.
///
/// # Safety
///
/// If the string is not empty, it must point to bytes that nothing frees or writes to during `'r`.
/// The strings of a request are in the client's buffers, in the pool or in the configuration. All
/// of these outlive the handler.
pub(crate) unsafe fn bytes_of<'r>(text: ngx_str_t) -> &'r [u8] {
    if text.len == 0 {
        return &[];
    }
    // SAFETY: by this function's contract.
    unsafe { slice::from_raw_parts(text.data, text.len) }
}

/// An nginx string. Like nginx's own empty strings, an empty one points to NULL.
pub(crate) fn str_of(bytes: &[u8]) -> ngx_str_t {
    if bytes.is_empty() {
        return ngx_str_t::empty();
    }
    ngx_str_t { len: bytes.len(), data: bytes.as_ptr().cast_mut() }
}
