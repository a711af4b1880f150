//! The file that nginx serves for a request.

use core::mem::MaybeUninit;

use nginx_sys::{
    ngx_http_map_uri_to_path, ngx_http_set_disable_symlinks, ngx_open_cached_file, ngx_open_file_info_t,
    ngx_str_t,
};
use ngx::core::Status;

use crate::nginx::captures;
use crate::nginx::fault::{self, Stage};
use crate::nginx::http_module::Core;
use crate::nginx::layout;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;

/// The time of the last change of the regular file that `root` or `alias` maps the URI to, in Unix
/// seconds. It comes from the `open_file_cache` of the location, if there is one. `$1` to `$9` stay as
/// they were, although `root` and `alias` may contain variables.
pub(crate) fn modified(request: Request<'_>) -> Result<Option<i64>, OutOfMemory> {
    captures::keep(request, || modified_by_nginx(request))
}

fn modified_by_nginx(request: Request<'_>) -> Result<Option<i64>, OutOfMemory> {
    let core = request.loc_conf::<Core>();
    // `alias` replaces the prefix of the location, which a rewritten URI may not have. nginx logs
    // an alert about that, or reads behind the end of the URI.
    if core.alias != 0 && request.is_uri_rewritten() {
        return Ok(None);
    }
    if fault::out_of_memory(Stage::Request, request.log()) {
        return Err(OutOfMemory);
    }
    let (mut path, mut root_len) = (ngx_str_t::empty(), 0_usize);
    // SAFETY: all zeros are a valid value: nginx itself begins with one.
    let mut file: ngx_open_file_info_t = unsafe { MaybeUninit::zeroed().assume_init() };
    file.read_ahead = core.read_ahead;
    file.directio = core.directio;
    file.valid = core.open_file_cache_valid;
    file.min_uses = core.open_file_cache_min_uses;
    layout::set_test_only(&mut file, core.open_file_cache_errors != 0, core.open_file_cache_events != 0);
    // SAFETY: the request and its configuration are live. nginx puts the path into the request's
    // pool, and ends it with a NUL.
    let status = unsafe {
        let end = ngx_http_map_uri_to_path(request.as_ptr(), &raw mut path, &raw mut root_len, 0);
        if end.is_null() {
            return Err(OutOfMemory);
        }
        path.len = usize::try_from(end.offset_from(path.data)).map_err(|_| OutOfMemory)?;
        let core = core::ptr::from_ref(core).cast_mut();
        if Status(ngx_http_set_disable_symlinks(request.as_ptr(), core, &raw mut path, &raw mut file))
            != Status::NGX_OK
        {
            return Err(OutOfMemory);
        }
        let pool = (*request.as_ptr()).pool;
        ngx_open_cached_file((*core).open_file_cache, &raw mut path, &raw mut file, pool)
    };
    if Status(status) == Status::NGX_OK {
        return Ok(layout::is_file(&file).then_some(file.mtime));
    }
    // nginx sets an error if a system call has failed.
    if file.err == 0 { Err(OutOfMemory) } else { Ok(None) }
}
