//! nginx's chain of header filters: each calls the next one.

use core::cell::Cell;

use nginx_sys::{
    ngx_http_clean_header, ngx_http_output_header_filter_pt, ngx_http_top_header_filter, ngx_int_t,
};
use ngx::core::Status;
use ngx::http::HTTPStatus;

use crate::nginx::conf::Postconf;
use crate::nginx::layout;
use crate::nginx::request::Request;

/// What becomes of a response in a header filter.
pub(crate) enum HeaderStep {
    /// The next filter gets it.
    PassOn,
    /// The header waits. A body filter sends it later.
    Hold,
    /// It is replaced by a response with this status.
    Refuse(HTTPStatus),
    /// The connection is closed.
    Close,
}

impl HeaderStep {
    /// Takes the step after all of our code has run. Returns what nginx expects.
    #[inline]
    pub(crate) fn take(self, request: Request<'_>, next: &NextHeaderFilter) -> ngx_int_t {
        match self {
            Self::PassOn => next.call(request),
            Self::Hold => Status::NGX_OK.0,
            Self::Refuse(HTTPStatus(status)) => {
                // SAFETY: the request is live, and its header has not been sent. Without this, the
                // error page would have header lines of the response that it replaces, and nginx
                // would store a status of 502 for all requests with the same key.
                unsafe {
                    ngx_http_clean_header(request.as_ptr());
                    let upstream = (*request.as_ptr()).upstream;
                    if !upstream.is_null() {
                        layout::forbid_caching(upstream);
                    }
                }
                ngx_int_t::try_from(status).unwrap_or(Status::NGX_ERROR.0)
            }
            Self::Close => Status::NGX_ERROR.0,
        }
    }
}

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
