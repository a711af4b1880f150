//! The layout of nginx's structures. In nginx 1.30, nginx-sys reads bit-fields of a request from
//! the wrong place (see build.rs), so all bit-fields are read and set here. The offsets of all other
//! members in use are compared at compile time. A member that another file begins to use is added to
//! the lists below.

use core::mem::offset_of;
use core::ptr::{self, NonNull};

use nginx_sys::{
    ngx_buf_t, ngx_http_core_loc_conf_t, ngx_http_request_t, ngx_http_upstream_t, ngx_http_variable_value_t,
    ngx_open_file_info_t, ngx_slab_pool_t,
};

/// The output of bindgen.
#[allow(
    dead_code,
    missing_docs,
    non_camel_case_types,
    unreachable_pub,
    unused_qualifications,
    clippy::all,
    clippy::pedantic,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::undocumented_unsafe_blocks,
    unknown_lints // those of newer versions of Rust, which bindgen names
)]
mod bindings {
    use nginx_sys::*;

    include!(concat!(env!("OUT_DIR"), "/layouts.rs"));
}

/// Compiles only if nginx-sys has the same size for the structure and the same offsets for these
/// members.
macro_rules! same_layout {
    ($name:ident: $($($member:ident).+),+ $(,)?) => {
        const _: () = {
            assert!(size_of::<nginx_sys::$name>() == size_of::<bindings::$name>());
            $(assert!(
                offset_of!(nginx_sys::$name, $($member).+) == offset_of!(bindings::$name, $($member).+)
            );)+
        };
    };
}

same_layout!(ngx_http_request_s:
    connection, ctx, main_conf, srv_conf, loc_conf, upstream, upstream_states, pool, header_in, headers_in, request_line,
    uri, args, unparsed_uri, method_name, main, variables, http_connection, err_status, access_code, uri_start, uri_end,
    request_start, headers_out, method, postponed, http_version, host_start, host_end,
);
same_layout!(ngx_http_headers_out_t:
    headers, status, status_line, location, expires, cache_control, content_length, content_encoding, last_modified,
    content_range, accept_ranges, etag, content_type, content_type_len, content_type_lowcase, charset, content_length_n, content_offset,
    last_modified_time,
);
same_layout!(ngx_http_headers_in_t: headers, authorization, server, host);
#[cfg(nginx_cookie_list)]
same_layout!(ngx_http_headers_in_t: cookie);
#[cfg(not(nginx_cookie_list))]
same_layout!(ngx_http_headers_in_t: cookies);
#[cfg(nginx_cookie_list)]
same_layout!(ngx_table_elt_s: hash, key, value, lowcase_key, next);
#[cfg(not(nginx_cookie_list))]
same_layout!(ngx_table_elt_t: hash, key, value, lowcase_key);
same_layout!(ngx_variable_value_t: data);
same_layout!(ngx_http_variable_s: name, get_handler, data);
same_layout!(ngx_http_compile_complex_value_t: cf, value, complex_value);
same_layout!(ngx_buf_s: pos, last, file_pos, file_last, start, end);
same_layout!(ngx_chain_s: buf, next);
same_layout!(ngx_connection_s: log);
#[cfg(ngx_feature = "http_ssl")]
same_layout!(ngx_connection_s: ssl);
same_layout!(ngx_http_connection_t: conf_ctx);
same_layout!(ngx_http_conf_ctx_t: main_conf, srv_conf, loc_conf);
same_layout!(ngx_list_t: part, last, nalloc);
same_layout!(ngx_list_part_s: elts, nelts, next);
same_layout!(ngx_array_t: elts, nelts, size, nalloc, pool);
same_layout!(ngx_pool_s: cleanup);
same_layout!(ngx_pool_cleanup_s: handler, data, next);
same_layout!(ngx_log_s: log_level);
same_layout!(ngx_open_file_info_t: mtime, directio, read_ahead, err, valid, min_uses);
same_layout!(ngx_http_upstream_s: conf, headers_in.x_accel_redirect, headers_in.status_n);
same_layout!(ngx_http_upstream_conf_t: ignore_headers, intercept_errors);
same_layout!(ngx_http_core_main_conf_t: servers, phases, phase_engine.handlers, variables);
same_layout!(ngx_http_phase_t: handlers);
same_layout!(ngx_http_phase_handler_s: checker, handler, next);
same_layout!(ngx_cycle_s: conf_ctx, log, modules, shared_memory.part);
same_layout!(ngx_conf_s: args, cycle, pool, conf_file, log, ctx, cmd_type);
same_layout!(ngx_conf_file_t: file.name, line);
same_layout!(ngx_module_s: ctx_index, index, name);
same_layout!(ngx_http_core_srv_conf_t: ctx, server_name, merge_slashes);
same_layout!(ngx_http_core_loc_conf_s:
    name, satisfy, internal, recursive_error_pages, static_locations, loc_conf, alias, handler, open_file_cache,
    open_file_cache_valid, open_file_cache_min_uses, open_file_cache_errors, open_file_cache_events, read_ahead,
    directio, error_pages, client_max_body_size,
);
#[cfg(ngx_feature = "pcre")]
same_layout!(ngx_http_core_loc_conf_s: regex, regex_locations);
#[cfg(ngx_feature = "pcre")]
same_layout!(ngx_http_request_s: ncaptures, captures, captures_data);
same_layout!(ngx_http_err_page_t: status, overwrite);
same_layout!(ngx_slab_pool_t: mutex, data, pfree);
same_layout!(ngx_shmtx_t: lock);
same_layout!(ngx_shm_zone_s: data, shm.addr, shm.log, shm.name, shm.size, init, tag);
same_layout!(ngx_http_location_tree_node_s: left, right, tree, exact, inclusive);

/// `r->internal`
///
/// # Safety
///
/// `request` must be a live request.
#[inline]
pub(crate) unsafe fn is_internal(request: *const ngx_http_request_t) -> bool {
    // SAFETY: by this function's contract; both types are the same structure of nginx.
    unsafe { (*request.cast::<bindings::ngx_http_request_s>()).internal() != 0 }
}

/// `r->error_page`
///
/// # Safety
///
/// As for [`is_internal`].
#[inline]
pub(crate) unsafe fn is_error_page(request: *const ngx_http_request_t) -> bool {
    // SAFETY: as for is_internal.
    unsafe { (*request.cast::<bindings::ngx_http_request_s>()).error_page() != 0 }
}

/// `r->post_action`
///
/// # Safety
///
/// As for [`is_internal`].
pub(crate) unsafe fn is_post_action(request: *const ngx_http_request_t) -> bool {
    // SAFETY: as for is_internal.
    unsafe { (*request.cast::<bindings::ngx_http_request_s>()).post_action() != 0 }
}

/// `r->header_only`: the response has no body.
///
/// # Safety
///
/// As for [`is_internal`].
pub(crate) unsafe fn is_header_only(request: *const ngx_http_request_t) -> bool {
    // SAFETY: as for is_internal.
    unsafe { (*request.cast::<bindings::ngx_http_request_s>()).header_only() != 0 }
}

/// Clears `r->keepalive`: nginx closes the connection after the response.
///
/// # Safety
///
/// As for [`is_internal`]. Nothing else may refer to the request.
pub(crate) unsafe fn clear_keepalive(request: *mut ngx_http_request_t) {
    // SAFETY: by this function's contract.
    unsafe { (*request.cast::<bindings::ngx_http_request_s>()).set_keepalive(0) }
}

/// Sets `b->last_buf`, which ends a response, or in a subrequest `b->last_in_chain`.
///
/// # Safety
///
/// `buffer` must be a live buffer, and nothing else may refer to it.
pub(crate) unsafe fn set_last(buffer: NonNull<ngx_buf_t>, is_main: bool) {
    let buffer = buffer.as_ptr().cast::<bindings::ngx_buf_s>();
    // SAFETY: by this function's contract; both types are the same structure of nginx.
    unsafe {
        (*buffer).set_last_buf(is_main.into());
        (*buffer).set_last_in_chain(1);
    }
}

/// Clears `pool->log_nomem`: a caller of the pool reports by itself that it is full.
///
/// # Safety
///
/// `pool` must be a slab pool, and nothing else may refer to it.
pub(crate) unsafe fn do_not_log_lack_of_memory(pool: NonNull<ngx_slab_pool_t>) {
    // SAFETY: by this function's contract; both types are the same structure of nginx.
    unsafe { (*pool.as_ptr().cast::<bindings::ngx_slab_pool_t>()).set_log_nomem(0) }
}

/// `!r->valid_location || r->uri_changed`: a rewrite has changed the URI, and nginx has not chosen
/// a location for it.
///
/// # Safety
///
/// As for [`is_internal`].
pub(crate) unsafe fn is_uri_rewritten(request: *const ngx_http_request_t) -> bool {
    // SAFETY: as for is_internal.
    unsafe {
        let request = request.cast::<bindings::ngx_http_request_s>();
        (*request).valid_location() == 0 || (*request).uri_changed() != 0
    }
}

/// Sets `of->test_only`, `of->errors` and `of->events`.
pub(crate) fn set_test_only(file: &mut ngx_open_file_info_t, errors: bool, events: bool) {
    // SAFETY: both types are the same structure of nginx. The reference is exclusive.
    let file = unsafe { &mut *(&raw mut *file).cast::<bindings::ngx_open_file_info_t>() };
    file.set_test_only(1);
    file.set_errors(errors.into());
    file.set_events(events.into());
}

/// `of->is_file`: a regular file.
pub(crate) fn is_file(file: &ngx_open_file_info_t) -> bool {
    // SAFETY: both types are the same structure of nginx.
    unsafe { (*ptr::from_ref(file).cast::<bindings::ngx_open_file_info_t>()).is_file() != 0 }
}

/// Sets `r->empty_path_in_uri`.
#[cfg(nginx_empty_path)]
pub(crate) fn set_empty_path_in_uri(request: &mut ngx_http_request_t, is_empty: bool) {
    let request = (&raw mut *request).cast::<bindings::ngx_http_request_s>();
    // SAFETY: as for is_internal. The reference is exclusive.
    unsafe { (*request).set_empty_path_in_uri(is_empty.into()) }
}

/// `r->subrequest_ranges`: the slice module makes the response of subrequests.
///
/// # Safety
///
/// As for [`is_internal`].
pub(crate) unsafe fn is_sliced(request: *const ngx_http_request_t) -> bool {
    // SAFETY: as for is_internal.
    unsafe { (*request.cast::<bindings::ngx_http_request_s>()).subrequest_ranges() != 0 }
}

/// Whether what a subrequest answers becomes part of the response: neither
/// `r->subrequest_in_memory` nor `r->background`.
///
/// # Safety
///
/// As for [`is_internal`].
pub(crate) unsafe fn is_part_of_response(request: *const ngx_http_request_t) -> bool {
    // SAFETY: as for is_internal.
    let request = unsafe { &*request.cast::<bindings::ngx_http_request_s>() };
    request.subrequest_in_memory() == 0 && request.background() == 0
}

/// Sets `r->main_filter_need_in_memory`.
///
/// # Safety
///
/// As for [`is_internal`].
pub(crate) unsafe fn need_body_in_memory(request: *mut ngx_http_request_t) {
    // SAFETY: as for is_internal.
    unsafe { bindings::ngx_http_request_s::set_main_filter_need_in_memory_raw(request.cast(), 1) }
}

/// Clears `r->allow_ranges`.
///
/// # Safety
///
/// As for [`is_internal`].
pub(crate) unsafe fn forbid_ranges(request: *mut ngx_http_request_t) {
    // SAFETY: as for is_internal.
    unsafe { bindings::ngx_http_request_s::set_allow_ranges_raw(request.cast(), 0) }
}

/// Sets `r->disable_not_modified`.
///
/// # Safety
///
/// As for [`is_internal`].
pub(crate) unsafe fn disable_not_modified(request: *mut ngx_http_request_t) {
    // SAFETY: as for is_internal.
    unsafe { bindings::ngx_http_request_s::set_disable_not_modified_raw(request.cast(), 1) }
}

/// Sets `r->gzip_tested`, and clears `r->gzip_ok`: the client is taken for one without gzip.
///
/// # Safety
///
/// As for [`is_internal`].
#[cfg(ngx_feature = "http_gzip")]
pub(crate) unsafe fn deny_gzip(request: *mut ngx_http_request_t) {
    // SAFETY: as for is_internal.
    unsafe {
        bindings::ngx_http_request_s::set_gzip_tested_raw(request.cast(), 1);
        bindings::ngx_http_request_s::set_gzip_ok_raw(request.cast(), 0);
    }
}

/// Sets `v->len` and the flags of a value that nginx must not cache. The length is below 2^28.
pub(crate) fn set_found(value: &mut ngx_http_variable_value_t, len: u32) {
    let value = variable_value(value);
    value.set_valid(1);
    value.set_no_cacheable(0);
    value.set_not_found(0);
    value.set_len(len);
}

/// Sets `v->not_found`: the variable has no value.
pub(crate) fn set_not_found(value: &mut ngx_http_variable_value_t) {
    variable_value(value).set_not_found(1);
}

/// Clears `v->valid` and `v->not_found`: nginx evaluates the variable again.
pub(crate) fn forget_value(value: &mut ngx_http_variable_value_t) {
    let value = variable_value(value);
    value.set_valid(0);
    value.set_not_found(0);
}

fn variable_value(value: &mut ngx_http_variable_value_t) -> &mut bindings::ngx_variable_value_t {
    // SAFETY: both types are the same structure of nginx. The reference is exclusive.
    unsafe { &mut *(&raw mut *value).cast() }
}

/// Clears `u->cacheable`.
///
/// # Safety
///
/// `upstream` must be a live upstream.
pub(crate) unsafe fn forbid_caching(upstream: *mut ngx_http_upstream_t) {
    // SAFETY: by this function's contract; both types are the same structure of nginx.
    unsafe { (*upstream.cast::<bindings::ngx_http_upstream_s>()).set_cacheable(0) }
}

/// What a buffer is.
#[derive(Clone, Copy)]
pub(crate) struct BufferKind {
    /// Its bytes are in memory, maybe in a file, too.
    pub(crate) in_memory: bool,
    pub(crate) in_file: bool,
    /// The response ends with it.
    pub(crate) is_last: bool,
}

/// # Safety
///
/// `buffer` must be a live buffer.
pub(crate) unsafe fn buffer_kind(buffer: *const ngx_buf_t) -> BufferKind {
    // SAFETY: by this function's contract; both types are the same structure of nginx.
    let buffer = unsafe { &*buffer.cast::<bindings::ngx_buf_s>() };
    BufferKind {
        in_memory: buffer.temporary() != 0 || buffer.memory() != 0 || buffer.mmap() != 0,
        in_file: buffer.in_file() != 0,
        is_last: buffer.last_buf() != 0,
    }
}

/// Sets `b->memory`: nobody may write to the bytes of the buffer.
///
/// # Safety
///
/// As for [`buffer_kind`]. Nothing else may refer to the buffer.
pub(crate) unsafe fn set_read_only(buffer: NonNull<ngx_buf_t>) {
    // SAFETY: by this function's contract; both types are the same structure of nginx.
    unsafe { (*buffer.as_ptr().cast::<bindings::ngx_buf_s>()).set_memory(1) }
}

/// `clcf->noname`: an `if` block or a `limit_except`.
pub(crate) fn is_block(core: &ngx_http_core_loc_conf_t) -> bool {
    core_loc_conf(core).noname() != 0
}

/// `clcf->lmt_excpt`: a `limit_except`.
pub(crate) fn is_limit_except(core: &ngx_http_core_loc_conf_t) -> bool {
    core_loc_conf(core).lmt_excpt() != 0
}

/// `clcf->named`: `location @name`
pub(crate) fn is_named(core: &ngx_http_core_loc_conf_t) -> bool {
    core_loc_conf(core).named() != 0
}

/// `clcf->exact_match`: `location = /path`
pub(crate) fn is_exact(core: &ngx_http_core_loc_conf_t) -> bool {
    core_loc_conf(core).exact_match() != 0
}

/// `clcf->noregex`: `location ^~ /path`
#[cfg(ngx_feature = "pcre")]
pub(crate) fn skips_regexes(core: &ngx_http_core_loc_conf_t) -> bool {
    core_loc_conf(core).noregex() != 0
}

fn core_loc_conf(core: &ngx_http_core_loc_conf_t) -> &bindings::ngx_http_core_loc_conf_s {
    // SAFETY: both types are the same structure of nginx.
    unsafe { &*ptr::from_ref(core).cast() }
}
