//! nginx's chain of body filters, and the buffers that pass through it.

use core::cell::Cell;
use core::marker::PhantomData;
use core::ptr::{self, NonNull};
use core::slice;

use nginx_sys::{
    ngx_alloc_chain_link, ngx_buf_t, ngx_chain_t, ngx_http_filter_finalize_request,
    ngx_http_output_body_filter_pt, ngx_http_top_body_filter, ngx_int_t, ngx_pcalloc,
};
use ngx::core::Status;
use ngx::http::HTTPStatus;

use crate::nginx::conf::Postconf;
use crate::nginx::fault::{self, Stage};
use crate::nginx::header_filter::NextHeaderFilter;
use crate::nginx::layout;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;

/// What becomes of the buffers that a body filter gets.
pub(crate) enum BodyStep<'r> {
    /// The next filter gets them.
    PassOn,
    /// They have been consumed. The next filter gets nothing yet.
    Hold,
    /// The held header goes out, and they follow it.
    Release,
    /// The held header goes out, and these bytes are the whole body.
    Send(&'r [u8]),
    /// The held response is replaced by one with this status.
    Refuse(HTTPStatus),
    /// The connection is closed.
    Close,
}

impl BodyStep<'_> {
    /// Takes the step after all of our code has run. Returns what nginx expects.
    pub(crate) fn take(
        self,
        request: Request<'_>,
        chain: Chain<'_>,
        next_header: &NextHeaderFilter,
        next: &NextBodyFilter,
    ) -> ngx_int_t {
        match self {
            Self::PassOn => next.call(request, chain),
            Self::Hold => Status::NGX_OK.0,
            Self::Release => release(request, chain, next_header, next),
            Self::Send(bytes) => match Chain::last(request, bytes) {
                Ok(chain) => release(request, chain, next_header, next),
                Err(OutOfMemory) => Status::NGX_ERROR.0,
            },
            // SAFETY: the request is live, and its header has not been sent.
            Self::Refuse(HTTPStatus(status)) => unsafe {
                let status = ngx_int_t::try_from(status).unwrap_or(Status::NGX_ERROR.0);
                ngx_http_filter_finalize_request(request.as_ptr(), ptr::null_mut(), status)
            },
            Self::Close => Status::NGX_ERROR.0,
        }
    }
}

fn release(
    request: Request<'_>,
    chain: Chain<'_>,
    next_header: &NextHeaderFilter,
    next: &NextBodyFilter,
) -> ngx_int_t {
    let status = next_header.call(request);
    // As in nginx's own filters that hold a header. Above NGX_OK, another response has been sent.
    if status == Status::NGX_ERROR.0 || status > Status::NGX_OK.0 {
        return Status::NGX_ERROR.0;
    }
    next.call(request, chain)
}

/// The buffers of one call of a body filter.
#[derive(Clone, Copy)]
pub(crate) struct Chain<'r> {
    first: *mut ngx_chain_t,
    lifetime: PhantomData<&'r ngx_chain_t>,
}

impl<'r> Chain<'r> {
    /// # Safety
    ///
    /// nginx must have called a body filter with `first`. `'r` must not outlast that call.
    pub(crate) unsafe fn from_raw(first: *mut ngx_chain_t) -> Self {
        Self { first, lifetime: PhantomData }
    }

    /// A chain of one buffer, which ends the response.
    fn last(request: Request<'r>, bytes: &'r [u8]) -> Result<Self, OutOfMemory> {
        if fault::out_of_memory(Stage::Request, request.log()) {
            return Err(OutOfMemory);
        }
        // SAFETY: the pool is the request's own. A buffer of zeros is valid. nginx only reads the
        // bytes of a buffer that is marked as memory, and they live as long as the pool.
        unsafe {
            let pool = (*request.as_ptr()).pool;
            let buffer = NonNull::new(ngx_pcalloc(pool, size_of::<ngx_buf_t>()).cast::<ngx_buf_t>());
            let buffer = buffer.ok_or(OutOfMemory)?;
            let link = ngx_alloc_chain_link(pool).as_mut().ok_or(OutOfMemory)?;
            if !bytes.is_empty() {
                let range = bytes.as_ptr_range();
                let buffer = &mut *buffer.as_ptr();
                (buffer.start, buffer.end) = (range.start.cast_mut(), range.end.cast_mut());
                (buffer.pos, buffer.last) = (buffer.start, buffer.end);
                layout::set_read_only(NonNull::from(buffer));
            }
            layout::set_last(buffer, true);
            (link.buf, link.next) = (buffer.as_ptr(), ptr::null_mut());
            Ok(Self::from_raw(link))
        }
    }

    /// Whether nginx has no new buffers, and only wants to go on with sending.
    pub(crate) fn is_empty(self) -> bool {
        self.first.is_null()
    }

    pub(crate) fn buffers(self) -> impl Iterator<Item = Buffer<'r>> {
        // SAFETY: the links of a chain are live during the call, and end with NULL.
        let links = core::iter::successors(NonNull::new(self.first), |link| unsafe {
            NonNull::new(link.as_ref().next)
        });
        // SAFETY: as above. Each link has a buffer.
        links
            .filter_map(|link| unsafe { NonNull::new(link.as_ref().buf) })
            .map(|raw| Buffer { raw, lifetime: PhantomData })
    }
}

/// A buffer of a chain.
pub(crate) struct Buffer<'r> {
    raw: NonNull<ngx_buf_t>,
    lifetime: PhantomData<&'r ngx_buf_t>,
}

impl<'r> Buffer<'r> {
    /// The bytes that are still to be sent. `None` if they are in a file only.
    pub(crate) fn bytes(&self) -> Option<&'r [u8]> {
        // SAFETY: the buffer is live. If it is in memory, its bytes are from `pos` to `last`, and
        // nothing writes to them during the call.
        unsafe {
            let kind = layout::buffer_kind(self.raw.as_ptr());
            let ngx_buf_t { pos, last, file_pos, file_last, .. } = *self.raw.as_ref();
            if kind.in_memory {
                let len = usize::try_from(last.offset_from(pos)).unwrap_or(0);
                return Some(if len == 0 { &[] } else { slice::from_raw_parts(pos, len) });
            }
            (!kind.in_file || file_last <= file_pos).then_some(&[])
        }
    }

    /// Whether the response ends with it.
    pub(crate) fn is_last(&self) -> bool {
        // SAFETY: the buffer is live.
        unsafe { layout::buffer_kind(self.raw.as_ptr()).is_last }
    }

    /// Takes all bytes out. nginx then uses the memory again.
    pub(crate) fn consume(self) {
        // SAFETY: the buffer is live, and filters may move these positions.
        unsafe {
            let buffer = &mut *self.raw.as_ptr();
            let kind = layout::buffer_kind(buffer);
            if kind.in_memory {
                buffer.pos = buffer.last;
            }
            if kind.in_file {
                buffer.file_pos = buffer.file_last;
            }
        }
    }
}

/// The filter that runs after one of ours.
pub(crate) struct NextBodyFilter(Cell<ngx_http_output_body_filter_pt>);

// SAFETY: nginx reads configurations and runs filters in one thread.
unsafe impl Sync for NextBodyFilter {}

impl NextBodyFilter {
    /// The state before [`Self::put_first`].
    pub(crate) const fn unknown() -> Self {
        Self(Cell::new(None))
    }

    /// Puts `filter` at the head of the chain, and stores the old head here.
    pub(crate) fn put_first(&self, _: Postconf<'_>, filter: ngx_http_output_body_filter_pt) {
        // SAFETY: nginx calls postconfiguration in one thread, and runs no filter at the same time.
        unsafe {
            self.0.set(ngx_http_top_body_filter);
            ngx_http_top_body_filter = filter;
        }
    }

    fn call(&self, request: Request<'_>, chain: Chain<'_>) -> ngx_int_t {
        // nginx's own filters always follow ours.
        let Some(next) = self.0.get() else { return Status::NGX_OK.0 };
        // SAFETY: all filters of the chain get the same request, which is live.
        unsafe { next(request.as_ptr(), chain.first) }
    }
}
