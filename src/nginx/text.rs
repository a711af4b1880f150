//! Conversions between nginx's strings and Rust's, and numbers in nginx's notation.

use core::slice;

use nginx_sys::{ngx_parse_size, ngx_parse_time, ngx_str_t};

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

/// A time in nginx's notation (`5s`, `1h 30m`), in seconds.
pub(crate) fn parse_seconds(text: &[u8]) -> Option<u32> {
    let mut text = str_of(text);
    // SAFETY: nginx's parser only reads the string.
    u32::try_from(unsafe { ngx_parse_time(&raw mut text, 1) }).ok()
}

/// A size in nginx's notation (`64k`, `1m`), in bytes.
pub(crate) fn parse_size(text: &[u8]) -> Option<usize> {
    if text.is_empty() {
        return None;
    }
    let mut text = str_of(text);
    // SAFETY: nginx's parser only reads the string, and needs at least one byte.
    usize::try_from(unsafe { ngx_parse_size(&raw mut text) }).ok()
}
