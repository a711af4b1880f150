//! The `error_page` directives of a server.

use core::slice;

use nginx_sys::{
    ngx_http_conf_ctx_t, ngx_http_core_loc_conf_t, ngx_http_core_srv_conf_t, ngx_http_err_page_t,
};

use crate::nginx::conf::Merging;
use crate::nginx::http_module::{Core, HttpModule, MergedBefore};

/// The error page for one status.
#[derive(Clone, Copy)]
pub(crate) struct ErrorPage<'c>(&'c ngx_http_err_page_t);

impl ErrorPage<'_> {
    pub(crate) fn status(self) -> isize {
        self.0.status
    }

    /// The status of the response: `Some(0)` for a lone `=`, with which the page decides. `None` if
    /// the status of the error stays.
    pub(crate) fn replaced_by(self) -> Option<isize> {
        (self.0.overwrite >= 0).then_some(self.0.overwrite)
    }
}

/// The error pages at the level of the server whose location nginx is merging.
pub(crate) fn of_server<'c, M>(merging: &Merging<'c, M>) -> impl Iterator<Item = ErrorPage<'c>>
where
    Core: MergedBefore<M>,
{
    // SAFETY: while locations are merged, `ctx` has the server's configurations. nginx has merged
    // its own module for all servers, so the array is complete and stays as it is.
    let pages: &'c [ngx_http_err_page_t] = unsafe {
        let ctx = (*merging.as_ptr()).ctx.cast::<ngx_http_conf_ctx_t>();
        let server = (*(*ctx).srv_conf.add(Core::index())).cast::<ngx_http_core_srv_conf_t>();
        let level = (*(*(*server).ctx).loc_conf.add(Core::index())).cast::<ngx_http_core_loc_conf_t>();
        match (*level).error_pages.as_ref() {
            Some(pages) if pages.nelts > 0 => slice::from_raw_parts(pages.elts.cast(), pages.nelts),
            _ => &[],
        }
    };
    pages.iter().map(ErrorPage)
}
