//! nginx's chain of header filters: each calls the next one.

use core::cell::Cell;

use nginx_sys::{ngx_http_output_header_filter_pt, ngx_http_top_header_filter, ngx_int_t};
use ngx::core::Status;

use crate::nginx::conf::Postconf;
use crate::nginx::request::Request;

/// The filter that runs after one of ours.
pub(crate) struct NextHeaderFilter(Cell<ngx_http_output_header_filter_pt>);

// SAFETY: nginx reads configurations and runs filters in one thread.
unsafe impl Sync for NextHeaderFilter {}

impl NextHeaderFilter {
    /// The state before [`Self::put_first`].
    pub(crate) const fn unknown() -> Self {
        Self(Cell::new(None))
    }

    /// Puts `filter` at the head of the chain, and stores the old head here.
    pub(crate) fn put_first(&self, _: Postconf<'_>, filter: ngx_http_output_header_filter_pt) {
        // SAFETY: nginx calls postconfiguration in one thread, and runs no filter at the same time.
        unsafe {
            self.0.set(ngx_http_top_header_filter);
            ngx_http_top_header_filter = filter;
        }
    }

    pub(crate) fn call(&self, request: Request<'_>) -> ngx_int_t {
        // nginx's own filters always follow ours.
        let Some(next) = self.0.get() else { return Status::NGX_OK.0 };
        // SAFETY: all filters of the chain get the same request, which is live.
        unsafe { next(request.as_ptr()) }
    }
}
